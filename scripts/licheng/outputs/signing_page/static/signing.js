// What the page reads, shows and makes, as bytes and values. Nothing here touches the document or a key.
//
// Canonical JSON is that of licheng's `signing/canonical.py`; a signature is OpenSSH's SSHSIG with a signature of type
// `webauthn-sk-ecdsa-sha2-nistp256@openssh.com` (PROTOCOL.sshsig and PROTOCOL.u2f of OpenSSH, Web Authentication 5.8.1).

export const KEY_TYPE = "sk-ecdsa-sha2-nistp256@openssh.com"
export const SIGNATURE_TYPE = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com"
export const NAMESPACES = {
  enrol: "key@licheng.invalid",
  "enrol-student": "student-key@licheng.invalid",
  certification: "certification@licheng.invalid",
  "certification-list": "certification-list@licheng.invalid",
  change: "change@licheng.invalid",
  "hand-in": "student-hand-in@licheng.invalid",
  consent: "student-consent@licheng.invalid",
}
// What a passkey may be asked to sign that is made by either way of enrolling: nothing is in both.
export const MAY_SIGN = {
  enrol: name => name !== NAMESPACES["hand-in"] && name !== NAMESPACES.consent,
  "enrol-student": name => name === NAMESPACES["hand-in"] || name === NAMESPACES.consent,
}
export const MAX_PAYLOADS = 100
const MAX_BYTES = 16 * 1024
const MAX_DEPTH = 20
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

// Why nothing is signed: the page has words for each reason.
export class Refused extends Error {
  constructor(reason, detail = "") {
    super(`${reason} ${detail}`)
    Object.assign(this, {reason, detail})
  }
}

function need(holds, reason, detail) {
  if (!holds) throw new Refused(reason, detail)
}

// ---- bytes

export const bytesOf = text => new TextEncoder().encode(text)
const same = (one, other) => one.length === other.length && one.every((byte, index) => byte === other[index])
export const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("")
const digest = async (name, bytes) => new Uint8Array(await crypto.subtle.digest(name, bytes))
export const sha256 = async bytes => hex(await digest("SHA-256", bytes))

export function joined(...parts) {
  const arrays = parts.map(part => typeof part === "string" ? bytesOf(part) : Uint8Array.from(part))
  const whole = new Uint8Array(arrays.reduce((length, array) => length + array.length, 0))
  arrays.reduce((at, array) => (whole.set(array, at), at + array.length), 0)
  return whole
}

export const base64 = bytes => btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""))
export const base64url = bytes => base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")

export function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), letter => letter.charCodeAt(0))
  } catch {
    throw new Refused("malformed", "base64")
  }
}

// ---- canonical JSON

function byCodePoint(one, other) {  // as Python sorts, and as UTF-8's bytes do; JavaScript's own order is UTF-16's
  const [left, right] = [bytesOf(one), bytesOf(other)]
  const index = left.findIndex((byte, at) => byte !== right[at])
  return index < 0 ? left.length - right.length : left[index] - (right[index] ?? -1)
}

function written(value, depth) {
  need(depth <= MAX_DEPTH, "not-canonical", "depth")
  if (value === null || typeof value === "boolean") return String(value)
  if (typeof value === "string") {
    need(!/\p{Cs}/u.test(value), "not-canonical", "surrogate")
    return JSON.stringify(value)
  }
  if (typeof value === "number") {
    need(Number.isSafeInteger(value), "not-canonical", "number")
    return String(value)
  }
  if (Array.isArray(value)) return `[${value.map(inner => written(inner, depth + 1)).join(",")}]`
  need(typeof value === "object", "not-canonical", typeof value)
  const members = Object.keys(value).sort(byCodePoint)
  return `{${members.map(name => `${written(name, depth)}:${written(value[name], depth + 1)}`).join(",")}}`
}

export const canonical = value => bytesOf(`${written(value, 0)}\n`)

export function parsed(bytes) {
  need(bytes.length <= MAX_BYTES, "too-large", bytes.length)
  let value
  try {
    value = JSON.parse(new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes))
  } catch {
    throw new Refused("not-canonical", "JSON")
  }
  need(same(canonical(value), bytes), "not-canonical")
  return value
}

// ---- what may be shown

// Invisible characters that belong to the ideograph or picture before them (`core/characters.py`).
const IN_PLACE = [
  /(\p{Emoji})[\uFE0E\uFE0F]/gu,
  /(\p{Ideographic})[\uFE00-\uFE02\u{E0100}-\u{E01EF}]/gu,
  /(\p{Extended_Pictographic}[\u{1F3FB}-\u{1F3FF}]?)\u200D(?=\p{Extended_Pictographic})/gu,
]
const FLAGS = ["gbeng", "gbsct", "gbwls"].map(region => "\u{1F3F4}"
  + Array.from(region, letter => String.fromCodePoint(0xe0000 + letter.codePointAt(0))).join("") + "\u{E007F}")
// And blanks whose category is another, and more marks on one letter than any script stacks.
const HIDDEN = new RegExp("[\\p{C}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}"
  + "\\u2800\\uFFFC\\u{1D159}\\u{13441}\\u{13442}\\u{16FE4}]|[\\p{Mn}\\p{Me}]{5}", "u")

// The first character of a text that is not seen, or not as it is: U+202E. Lines and tabs are shown as such.
export function hiddenIn(text) {
  const flagless = FLAGS.reduce((rest, flag) => rest.replaceAll(flag, ""), text.replace(/[\n\t]/g, " "))
  const found = HIDDEN.exec(IN_PLACE.reduce((rest, allowed) => rest.replace(allowed, "$1"), flagless))
  return found && `U+${found[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`
}

function strings(value) {
  if (typeof value === "string") return [value]
  if (value === null || typeof value !== "object") return []
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(strings)]
}

// Whether a value has a shape: an expression for texts, a function, [shape] for lists, an object whose optional names
// end in `?`; a name that the shape has not is never passed over, as nobody would see it.
function fits(value, shape) {
  if (shape instanceof RegExp) return typeof value === "string" && shape.test(value)
  if (typeof shape === "function") return shape(value)
  if (Array.isArray(shape)) return Array.isArray(value) && value.every(inner => fits(inner, shape[0]))
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false
  const names = Object.keys(shape)
  const known = names.map(name => name.replace("?", ""))
  return Object.keys(value).every(name => known.includes(name)) && names.every((name, index) =>
    Object.hasOwn(value, known[index]) ? fits(value[known[index]], shape[name]) : name.endsWith("?"))
}

const natural = value => Number.isSafeInteger(value) && value >= 0
const SHA256 = /^[0-9a-f]{64}$/
const WORDS = /^[^]{1,500}$/u
const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/
const INSTANT = /^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
const LANGUAGE = /^(zh-TW|en)$/
const STAFF = /^[a-z0-9-]{1,40}$/
const CREDENTIAL = /^[A-Za-z0-9_-]{16,1364}$/
const TERM = /^1\d\d-[12]$/
const KEY_LINE = /^sk-ecdsa-sha2-nistp256@openssh\.com [A-Za-z0-9+/]{40,4096}={0,2}$/
const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/

const CERTIFICATION = {
  _type: /^https:\/\/in-toto\.io\/Statement\/v1$/,
  predicateType: /^certification\/v1$/,
  predicate: {
    certifier: {
      id: STAFF, key_fingerprint: /^SHA256:[A-Za-z0-9+/]{43}$/, "acting_for?": STAFF, "delegation_digest?": SHA256,
      capacity: /^(course-teacher|advising-teacher|substitute|coordinator)$/,
    },
    course: SLUG,
    decision: /^(certified|returned|revoked|reaffirmed)$/,
    issued_at: INSTANT,
    item: /^terms\/[a-z0-9/-]{1,110}$/,
    kind: SLUG,
    "previous?": SHA256,
    "reason?": {code: /^(not-own-work|other-course|unverifiable|wrong-file)$/, text: WORDS},
    repository: SHA256,
    rulebook: {id: /^[0-9-]{10}$/, digest: SHA256},
    sequence: natural,
    statement: {id: /^[a-z]+\/v\d+$/, language: LANGUAGE},
    student: STAFF,
    term: TERM,
  },
  subject: [{name: WORDS, size: natural, digest: {sha256: SHA256}}],
}
const absentOrDigest = value => value === null || fits(value, SHA256)
const CHANGE = {
  _type: /^change\/v1$/, repository: SHA256, account: STAFF, at: INSTANT,
  paths: [{path: WORDS, "before?": absentOrDigest, "after?": absentOrDigest}],
}

const HAND_IN = {...CHANGE, _type: /^hand-in\/v1$/}

const KEYS = [{credential: CREDENTIAL, public_key: KEY_LINE}]
const COMMON = {id: REQUEST_ID, repository: SHA256, "language?": LANGUAGE}
const TERMS = {valid_from: INSTANT, namespaces: [/^[a-z-]+@licheng\.invalid$/], "credentials?": [CREDENTIAL]}
const REQUESTS = {
  enrol: {...COMMON, job: /^enrol$/, staff: STAFF, ...TERMS},
  "enrol-student": {...COMMON, job: /^enrol-student$/, student: STAFF, ...TERMS},
  certification: {...COMMON, job: /^certification$/, keys: KEYS, payload: /^[^]+$/},
  "certification-list": {...COMMON, job: /^certification-list$/, keys: KEYS, payloads: [/^[^]+$/]},
  change: {...COMMON, job: /^change$/, keys: KEYS, payload: /^[^]+$/},
  "hand-in": {...COMMON, job: /^hand-in$/, keys: KEYS, payload: /^[^]+$/},
  consent: {...COMMON, job: /^consent$/, keys: KEYS, payload: /^[^]+$/},
}

// A request that has its form and is of this school, or why it is none.
export function checkedRequest(request, repository) {
  const shape = Object.hasOwn(REQUESTS, request?.job ?? "") && REQUESTS[request.job]
  need(shape && fits(request, shape), "malformed")
  need(request.repository === repository, "other-school")
  need(Object.hasOwn(MAY_SIGN, request.job) || request.keys.length > 0, "no-key")
  return structuredClone(request)
}

function read(bytes, shape, repository) {
  const value = parsed(bytes)
  need(fits(value, shape), "other-type")
  const hidden = strings(value).map(hiddenIn).find(Boolean)
  need(!hidden, "hidden", hidden)
  need((value.predicate ?? value).repository === repository, "other-school")
  return value
}

// One decision, from the bytes that are to be signed; `digest` is theirs.
export async function certificationOf(bytes, repository) {
  const {predicate, subject} = read(bytes, CERTIFICATION, repository)
  need(predicate.statement.id === `${predicate.decision}/v1` && subject.length > 0, "other-type")
  return {...predicate, files: subject, bytes, digest: await sha256(bytes)}
}

export async function changeOf(bytes, repository) {
  const change = read(bytes, CHANGE, repository)
  need(change.paths.length > 0, "other-type")
  return {...change, bytes, digest: await sha256(bytes)}
}

// What a student hands in; consent to a release is signed as such and as nothing else.
export async function handInOf(bytes, repository, job) {
  const change = read(bytes, HAND_IN, repository)
  const consents = change.paths.some(({path}) => /^content\/students\/[^/]+\/[^/]+\/release-consent\//.test(path))
  need(change.paths.length > 0 && consents === (job === "consent"), "other-type")
  return {...change, bytes, digest: await sha256(bytes)}
}

// What is signed for many: one digest a line, sorted, each once.
export function listOf(digests) {
  need(digests.length > 0 && digests.length <= MAX_PAYLOADS, "too-many", digests.length)
  need(new Set(digests).size === digests.length, "twice")
  return bytesOf([...digests].sort().map(line => `${line}\n`).join(""))
}

// ---- keys

const number32 = value => [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255]

export function string(part) {
  const bytes = joined(part)
  return joined(number32(bytes.length), bytes)
}

const POINT_HEAD = fromBase64("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgA=")  // of every P-256 key in SubjectPublicKeyInfo

// OpenSSH's key of a new credential, whose application is the page's host.
export function keyOf(publicKeyInfo, host) {
  const head = publicKeyInfo.slice(0, POINT_HEAD.length)
  need(publicKeyInfo.length === 91 && same(head, POINT_HEAD), "no-es256")
  const point = publicKeyInfo.slice(head.length)
  const blob = joined(string(KEY_TYPE), string("nistp256"), string(point), string(host))
  return {blob, point, line: `${KEY_TYPE} ${base64(blob)}`}
}

export async function fingerprintOf(blob) {
  return `SHA256:${base64(await digest("SHA-256", blob)).replace(/=+$/, "")}`
}

// What two people compare: `short_fingerprint` of licheng's `signing/public_key.py`.
export const shortFingerprint = fingerprint => fingerprint.slice("SHA256:".length).slice(0, 16).match(/.{4}/g).join(" ")

// The keys of a request that were made on this very host.
export async function keysOf(request, host) {
  return Promise.all(request.keys.map(async ({credential, public_key: line}) => {
    const blob = fromBase64(line.split(" ")[1])
    const head = joined(string(KEY_TYPE), string("nistp256"), number32(65))
    const point = blob.slice(head.length, head.length + 65)
    need(same(blob, joined(head, point, string(host))), "other-host")
    return {credential, blob, point, fingerprint: await fingerprintOf(blob)}
  }))
}

// ---- signatures

export async function challengeOf(namespace, message) {
  return joined("SSHSIG", string(namespace), string(""), string("sha512"), string(await digest("SHA-512", message)))
}

const integer = bytes => BigInt(`0x${hex(bytes) || "0"}`)
const fixed = value => Uint8Array.from(value.toString(16).padStart(64, "0").match(/../g), pair => parseInt(pair, 16))

function mpint(value) {
  const digits = value.toString(16)
  const bytes = (digits.length % 2 ? `0${digits}` : digits).match(/../g).map(pair => parseInt(pair, 16))
  return string(bytes[0] & 0x80 ? [0, ...bytes] : bytes)
}

// r and the lower s of a DER signature: each has a twin with the other s, and one is enough.
export function numbersOf(der) {
  const [rAt, rLength] = [4, der[3]]
  const [sAt, sLength] = [rAt + rLength + 2, der[rAt + rLength + 1]]
  need(der[0] === 0x30 && der[1] === der.length - 2 && der[2] === 2 && der[rAt + rLength] === 2
       && sAt + sLength === der.length, "bad-answer", "DER")
  const [r, s] = [integer(der.slice(rAt, rAt + rLength)), integer(der.slice(sAt))]
  return [r, s > ORDER / 2n ? ORDER - s : s]
}

// As OpenSSH rebuilds it: type, challenge and origin first, in this order; the origin stays as it was written.
const CLIENT_DATA = /^\{"type":"webauthn\.get","challenge":"([\w-]+)","origin":"((?:[^"\\]|\\.)*)"[,}]/

export function rawOrigin(clientData, challenge) {
  const found = CLIENT_DATA.exec(new TextDecoder().decode(clientData))
  need(found, "order")
  need(found[1] === base64url(challenge), "bad-answer", "challenge")
  return found[2]
}

export function armored(blob) {
  const lines = base64(blob).replace(/.{1,70}/g, "$&\n")
  return `-----BEGIN SSH SIGNATURE-----\n${lines}-----END SSH SIGNATURE-----\n`
}

// The signature file of a message, from what the browser answered; it has been verified with the key itself.
export async function signatureOf({key, namespace, message, response}) {
  const clientData = new Uint8Array(response.clientDataJSON)
  const authenticator = new Uint8Array(response.authenticatorData)
  const origin = rawOrigin(clientData, await challengeOf(namespace, message))
  const flags = authenticator[32]
  need((flags & 0x05) === 0x05, "not-verified")
  need(authenticator.length === 37 && !(flags & 0xc0), "bad-answer", "extensions")
  const [r, s] = numbersOf(new Uint8Array(response.signature))
  const curve = {name: "ECDSA", namedCurve: "P-256"}
  const publicKey = await crypto.subtle.importKey("raw", key.point, curve, false, ["verify"])
  const signed = joined(authenticator, await digest("SHA-256", clientData))
  const holds = await crypto.subtle.verify({...curve, hash: "SHA-256"}, publicKey, joined(fixed(r), fixed(s)), signed)
  need(holds, "other-key")
  const signature = joined(
    string(SIGNATURE_TYPE), string(joined(mpint(r), mpint(s))), authenticator.slice(32, 37),
    string(origin), string(clientData), string(""))
  return armored(joined("SSHSIG", number32(1), string(key.blob), string(namespace), string(""), string("sha512"),
                        string(signature)))
}
