// The page: asks its opener for a request, shows what is to be signed, signs it when told to, gives the answer back.
//
// Everything of a request becomes text, never markup. One window does one request: what is shown cannot change while
// somebody looks at it. What is signed are the bytes that what is shown was read from.

import school from "./school.js"
import {
  MAX_PAYLOADS, MAY_SIGN, NAMESPACES, Refused, base64url, bytesOf, canonical, certificationOf, challengeOf, changeOf,
  checkedRequest, fingerprintOf, handInOf, fromBase64, keyOf, keysOf, listOf, shortFingerprint, signatureOf,
} from "./signing.js"
import words from "./words.js"

const PROTOCOL = "licheng-signing/v1"
const TIMEOUT = 5 * 60 * 1000  // milliseconds, to find the phone or the USB key
const main = document.getElementById("main")
let language = navigator.languages.some(name => name.startsWith("zh")) ? "zh-TW" : "en"
let view = waiting
let request = null

// ---- words and elements

function say(name, values = {}, inLanguage = language) {
  const text = name.split("/").reduce((section, key) => section[key], words[inLanguage])
  return text.replace(/\{(\w+)\}/g, (_, key) => String(values[key]))
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value))
  made.append(...children)  // texts stay texts
  return made
}

function button(name, act, attributes = {}, values = {}) {
  const made = element("button", {type: "button", ...attributes}, say(name, values))
  made.addEventListener("click", act)
  return made
}

const heading = (name, values) => element("h1", {tabindex: "-1"}, say(name, values))
const paragraph = (name, values) => element("p", {}, say(name, values))
const code = text => element("code", {}, text)

function rows(...pairs) {
  return element("dl", {}, ...pairs.filter(Boolean).flatMap(([name, ...shown]) =>
    [element("dt", {}, say(`fields/${name}`)), element("dd", {}, ...shown)]))
}

function show(next) {
  view = next
  document.documentElement.lang = language
  document.title = `${say("title")} · ${school.name[language]}`
  document.getElementById("school").textContent = school.name[language]
  document.getElementById("language").textContent = say("other_language")
  document.getElementById("language").lang = language === "en" ? "zh-TW" : "en"
  document.getElementById("foot").textContent = say("foot", {origin: school.origin, platform: school.platform})
  main.replaceChildren(...view())
  main.querySelector("h1").focus()
}

// ---- the way in and out

const isMessage = event => event.origin === school.platform && event.source !== null
  && event.source === window.opener && event.data?.protocol === PROTOCOL

function tell(step, values = {}) {
  window.opener?.postMessage({protocol: PROTOCOL, step, ...values}, school.platform)
}

function receive(given) {
  if (request !== null) return
  prepare(given).then(show, refuse)
}

async function prepare(given) {
  request = checkedRequest(given, school.repository)
  language = request.language ?? language
  if (Object.hasOwn(MAY_SIGN, request.job)) return enrolment()
  const keys = await keysOf(request, location.hostname)
  if (request.job === "change") {
    const change = await changeOf(bytesOf(request.payload), request.repository)
    return signing(keys, change.bytes, () => [heading("change/title"), changed(change)])
  }
  if (request.job === "hand-in" || request.job === "consent") {
    const handIn = await handInOf(bytesOf(request.payload), request.repository, request.job)
    return signing(keys, handIn.bytes, () => [heading(`${request.job}/title`), changed(handIn, request.job)])
  }
  const payloads = request.job === "certification" ? [request.payload] : request.payloads
  if (payloads.length > MAX_PAYLOADS) throw new Refused("too-many", payloads.length)
  const decisions = await Promise.all(payloads.map(text => certificationOf(bytesOf(text), request.repository)))
  const able = keys.filter(({fingerprint}) => decisions.every(one => one.certifier.key_fingerprint === fingerprint))
  if (able.length === 0) throw new Refused("no-key")
  if (request.job === "certification") {
    return signing(able, decisions[0].bytes, () => [heading("certification/title"), decided(decisions[0])])
  }
  const list = listOf(decisions.map(({digest}) => digest))
  const count = decisions.length
  return signing(able, list, () => [
    heading("list/title", {count}), paragraph("list/lead", {count}),
    element("ol", {}, ...decisions.map((one, index) => element("li", {}, decided(one, `${index + 1}/${count}`)))),
  ], {list: new TextDecoder().decode(list)})
}

function refuse(error) {
  const {reason, detail} = error instanceof Refused ? error : new Refused("malformed")
  tell("refused", {id: request?.id, reason})
  show(() => [heading("refused"), wrong(reason, detail), button("restart", () => location.reload())])
}

function wrong(reason, detail = "") {
  return element("div", {class: "wrong", role: "alert"}, element("h2", {}, say(`reasons/${reason}/title`)),
                 element("p", {}, say(`reasons/${reason}/next`, {detail, ...school})))
}

function waiting() {
  const file = element("input", {type: "file", id: "file", accept: ".json,application/json"})
  file.addEventListener("change", async () => receive(await parsedFile(file.files[0])))
  return [
    heading("title"), paragraph("lead"), ...(window.opener ? [paragraph("waiting", school)] : []),
    element("div", {class: "shown"}, element("h2", {}, element("label", {for: "file"}, say("choose_file"))),
            paragraph("no_opener", school), file),
  ]
}

async function parsedFile(file) {
  try {
    return JSON.parse(await file.text())
  } catch {
    return null
  }
}

function done(answer, ...more) {
  const whole = {protocol: PROTOCOL, job: request.job, id: request.id, ...answer}
  const told = Boolean(window.opener) && !window.opener.closed
  tell("answer", {answer: whole})
  const file = URL.createObjectURL(new Blob([`${JSON.stringify(whole)}\n`], {type: "application/json"}))
  return () => [
    heading("signed"), paragraph(told ? "returned" : "not_returned", school), ...more.map(part => part()),
    element("p", {}, ...(told ? [button("close", () => window.close(), {class: "main"})] : []),
            element("a", {class: "button", href: file, download: "licheng-answer.json"}, say("download"))),
    ...(told ? [paragraph("in_case")] : []),
  ]
}

// ---- what is shown

function decided(one, place = "") {
  const sentence = say(`sentences/${one.decision}`, {}, one.statement.language)
  const decision = `${say(`decisions/${one.decision}`)}${place && ` ${place}`}`
  const {certifier} = one
  return element("section", {class: "shown"}, rows(
    ["decision", element("strong", {}, decision)],
    ["student", one.student], ["course", one.course], ["term", one.term], ["item", one.item],
    one.reason && ["reason", `${say(`reason_codes/${one.reason.code}`)}\n${one.reason.text}`],
    ["files", element("ul", {}, ...one.files.map(file => element(
      "li", {}, file.name, element("br"), say("size", {bytes: file.size}), " ", code(file.digest.sha256))))],
    ["sentence", element("p", {class: "sentence", lang: one.statement.language}, sentence)],
    ["certifier", `${certifier.id} ${say(`capacities/${certifier.capacity}`)}`],
    certifier.acting_for && ["acting_for", certifier.acting_for],
    ["at", one.issued_at], ["sequence", String(one.sequence)],
    ["payload", code(one.digest)],
  ))
}

function changed({paths, account, at, digest}, sentence = null) {
  const state = (name, value) => [element("br"), `${say(`change/${name}`)} `, value ? code(value) : say("change/none")]
  return element("section", {class: "shown"}, rows(
    ["account", account], ["at", at],
    ["paths", element("ul", {}, ...paths.map(({path, before, after}) => element(
      "li", {}, path, ...state("before", before), ...state("after", after))))],
    sentence && ["sentence", element("p", {class: "sentence"}, say(`sentences/${sentence}`))],
    ["payload", code(digest)],
  ))
}

// ---- signing

function trouble(error) {
  if (error instanceof Refused) return error
  const reason = {NotSupportedError: "no-es256", ConstraintError: "no-verification", InvalidStateError: "has-passkey",
                  SecurityError: "other-address"}[error.name]
  return new Refused(reason ?? (error instanceof DOMException ? "cancelled" : "malformed"))
}

// A view with a button that does something with the authenticator; where that fails, it says so and can be tried again.
function acting(content, name, act) {
  let failure = null
  const self = () => {
    const go = button(failure ? "again" : name, async () => {
      go.disabled = true
      status.textContent = say("working")
      try {
        show(await act())
      } catch (error) {
        failure = trouble(error)
        tell("failed", {id: request.id, reason: failure.reason})
        show(self)
      }
    }, {class: "main", id: "act"})
    const status = element("p", {role: "status"})
    return [...content(), ...(failure ? [wrong(failure.reason, failure.detail)] : []), element("p", {}, go), status]
  }
  return self
}

async function signed(keys, namespace, message) {
  const {rawId, response} = await navigator.credentials.get({publicKey: {
    challenge: await challengeOf(namespace, message),
    rpId: location.hostname,
    allowCredentials: keys.map(({credential}) => ({type: "public-key", id: fromBase64(credential)})),
    userVerification: "required",
    timeout: TIMEOUT,
  }})
  const key = keys.find(({credential}) => credential === base64url(new Uint8Array(rawId)))
  if (!key) throw new Refused("other-key")
  return {credential: key.credential, signature: await signatureOf({key, namespace, message, response})}
}

function signing(keys, message, content, more = {}) {
  return acting(content, "sign", async () =>
    done({...more, ...await signed(keys, NAMESPACES[request.job], message)}))
}

// ---- enrolling

const isStudents = () => request.job === "enrol-student"
const holder = () => isStudents() ? {student: request.student} : {staff: request.staff}
const sentenceOfUse = () => isStudents() ? "student-passkey-use-1" : "passkey-use-1"

function terms() {
  return rows(
    ...Object.entries(holder()), ["host", location.hostname],
    ["namespaces", element("ul", {}, ...request.namespaces.map(name => element("li", {}, say(`namespaces/${name}`))))],
    ["valid_from", request.valid_from],
    ["sentence", element("p", {class: "sentence"}, say(`sentences/${sentenceOfUse()}`))],
  )
}

function enrolment() {
  const known = request.namespaces.filter(name =>
    Object.hasOwn(words[language].namespaces, name) && MAY_SIGN[request.job](name))
  if (known.length === 0 || new Set(known).size < request.namespaces.length) throw new Refused("malformed")
  const content = () => [heading(`${request.job}/title`), paragraph(`${request.job}/lead`),
                         element("section", {class: "shown"}, terms())]
  return acting(content, `${request.job}/make`, async () => {
    const [whose] = Object.values(holder())
    const {rawId, response} = await navigator.credentials.create({publicKey: {
      rp: {id: location.hostname, name: school.name[language]},
      // A random id: one that came again would replace the passkey that is there.
      user: {id: crypto.getRandomValues(new Uint8Array(32)), name: whose, displayName: whose},
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      pubKeyCredParams: [{type: "public-key", alg: -7}],
      authenticatorSelection: {residentKey: "required", requireResidentKey: true, userVerification: "required"},
      excludeCredentials: (request.credentials ?? []).map(id => ({type: "public-key", id: fromBase64(id)})),
      attestation: "none",
      timeout: TIMEOUT,
    }})
    if (response.getPublicKeyAlgorithm() !== -7) throw new Refused("no-es256")
    const key = keyOf(new Uint8Array(response.getPublicKey()), location.hostname)
    const credential = base64url(new Uint8Array(rawId))
    return possession({...key, credential, fingerprint: await fingerprintOf(key.blob)})
  })
}

function possession(key) {
  const short = shortFingerprint(key.fingerprint)
  const compared = () => element("section", {class: "shown"}, element("h2", {}, say("fields/fingerprint")),
                                 element("code", {class: "fingerprint", id: "fingerprint"}, short),
                                 paragraph(`${request.job}/compare`))
  const content = () => [heading(`${request.job}/made`), paragraph(`${request.job}/made_lead`),
                         element("section", {class: "shown"}, terms()), compared()]
  return acting(content, `${request.job}/sign`, async () => {
    const passkey = {
      application: location.hostname,
      origins: [location.origin],
      namespaces: request.namespaces,
      credential: key.credential,
      sentence: {id: sentenceOfUse(), language},
    }
    const entry = {public_key: key.line, passkey, valid_from: request.valid_from}
    const statement = canonical({
      _type: `${isStudents() ? "student-" : ""}passkey-enrolment/v1`, repository: request.repository, ...holder(),
      public_key: entry.public_key, valid_from: entry.valid_from, ...passkey,
    })
    const {signature: proof} = await signed([key], NAMESPACES[request.job], statement)
    return done({...holder(), repository: request.repository, entry: {...entry, proof}}, compared)
  })
}

// ---- beginning

function unable() {
  if (window.top !== window.self) return "framed"
  if (location.origin !== school.origin) return "other-address"
  const able = window.isSecureContext && window.PublicKeyCredential && AuthenticatorAttestationResponse.prototype.getPublicKey
  return able ? null : "no-webauthn"
}

function begin() {
  document.querySelectorAll("[hidden]").forEach(part => part.removeAttribute("hidden"))
  document.getElementById("language").addEventListener("click", () => {
    language = language === "en" ? "zh-TW" : "en"
    show(view)
  })
  const reason = unable()
  if (reason) return show(() => [heading("refused"), wrong(reason)])
  addEventListener("message", event => {
    if (isMessage(event) && event.data.step === "request") receive(event.data.request)
  })
  show(waiting)
  tell("ready")
}

begin()
