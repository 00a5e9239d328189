/* The site's search, where the theme's own worker would be: what is typed is found as it stands, Han characters side by
   side, and so are the words that people say for a section (licheng/site/aliases.yaml). The index is read with the
   first query. The messages are the theme's: 0 set up, 1 ready, 2 a query, 3 what was found. */
"use strict"

const HERE = self.document?.currentScript.src ?? location.href // a copy on a disk runs this in a frame: iframe-worker.js
const INDEX = new URL("../search/sections.js", HERE)
const EXCERPT = 120 // characters shown of a section
const LONGEST = 60 // characters of a query that are looked at

/* As typed on any keyboard; no character more or less, so that places stay the same. */
const fold = text => text.replaceAll("İ", "I").toLowerCase().replaceAll("台", "臺")
  .replace(/[！-～]/g, wide => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))

const wordsIn = text => fold(text).match(/[\p{L}\p{N}]+(?:[-_:/@.][a-z0-9]+|\.[\p{L}\p{N}]+)*/gu) ?? []

/* Where a word stands: Latin words from their beginning and without a plural's s; between Han and Latin may be a space.
   A word of Han alone is what it is. */
function pattern(word) {
  if (/^\p{sc=Han}+$/u.test(word)) return word
  const stem = /^[a-z]{4,}s$/.test(word) ? word.slice(0, -1) : word
  const spaced = stem.replaceAll(".", "\\.")
    .replace(/(\p{sc=Han})(?=[a-z0-9])|([a-z0-9])(?=\p{sc=Han})/gu, "$& ?")
  return new RegExp(`(${/^[a-z0-9]/.test(word) ? "^|[^a-z0-9]" : ""})(${spaced})`, "gu")
}

const stands = (text, one) => typeof one === "string" ? text.includes(one) : text.search(one) >= 0

function matches(text, one) {
  if (typeof one !== "string") return [...text.matchAll(one)].map(match => {
    const start = match.index + match[1].length
    return { start, end: start + match[2].length }
  })
  const found = []
  for (let start = text.indexOf(one); start >= 0; start = text.indexOf(one, start + one.length))
    found.push({ start, end: start + one.length })
  return found
}

/* Pages with their sections, from the flat list that the build writes. */
function pagesOf(sections) {
  const pages = new Map()
  for (const { location, title, text, boost = 1, aliases = [] } of sections) {
    const [address, anchor] = location.split("#")
    if (!pages.has(address)) pages.set(address, { title: fold(title), boost, sections: [] })
    pages.get(address).sections.push({
      location, title, text, heading: fold(title), body: fold(text), own: anchor === undefined,
      aliases: aliases.map(alias => wordsIn(alias).join(" ")).map(text => ({ text, one: pattern(text) })),
    })
  }
  return [...pages.values()].map(page => ({ ...page, all: page.sections.flatMap(
    ({ heading, body, aliases }) => [heading, body, ...aliases.map(({ text }) => text)]).join("\n") }))
}

/* A word that stands nowhere, as the words that it may be made of: Han and Latin apart, a single character left out. */
function split(word, all) {
  const parts = word.match(/\p{sc=Han}{2,}|[^\p{sc=Han}]+/gu) ?? []
  return parts.length ? parts.flatMap(part => cut(part, all) ?? [part]) : [word]
}

/* A part as words of two characters or more that stand somewhere, the longest first; nothing if it cannot be. */
function cut(part, all, dead = new Set()) {
  if (!part || dead.has(part)) return part ? undefined : []
  for (let end = part.length; end > 1; end--) {
    const rest = all.includes(part.slice(0, end)) && cut(part.slice(end), all, dead)
    if (rest) return [part.slice(0, end), ...rest]
  }
  dead.add(part)
  return undefined
}

/* How much a section says of a word: a heading more than a text, the more the less else it says. */
function weight(section, word, one) {
  if (stands(section.heading, one))
    return (section.own ? 60 : 30) + 20 * word.length / section.heading.length
  if (section.aliases.some(({ text }) => stands(text, one))) return 25
  return Math.min(matches(section.body, one).length, 10)
}

/* What a page has for a query; nothing where a word is missing and no alias stands in the query. */
function look(page, query, called) {
  // Most pages lack a word: they are left before each of their sections is weighed.
  if (!called.has(page) && !(query.words.length && query.patterns.every(one => stands(page.all, one)))) return undefined
  const sections = page.sections.map(section => {
    const weights = query.words.map((word, i) => weight(section, word, query.patterns[i]))
    const said = Math.max(0, ...section.aliases.filter(({ one }) => stands(query.typed, one))
      .map(({ text }) => 20 + 40 * text.length / query.typed.length))
    return { section, weights, said, sum: said + weights.reduce((a, b) => a + b, 0) }
  })
  const best = query.words.map((_, i) => Math.max(...sections.map(({ weights }) => weights[i])))
  const said = Math.max(...sections.map(one => one.said))
  const together = sections.some(({ weights }) =>
    weights.every((one, i) => one || stands(page.title, query.patterns[i])))
  return {
    page,
    sections: sections.filter(({ sum }) => sum).sort((a, b) => b.sum - a.sum),
    rank: rank(page, query, Math.max(said, ...best)),
    strength: said + best.reduce((a, b) => a + b, 0) + (together ? 15 : 0),
  }
}

/* Said for it, or a code; a heading; a text; and after all these the pages that answer nobody who has not asked for them. */
function rank(page, { typed }, most) {
  const code = /\d/.test(typed) && page.title.split(" ")[0] === typed
  if (code || page.sections.some(({ aliases }) => aliases.some(({ text }) => text === typed))) return 0
  if (page.boost < 1) return page.title === typed ? 3 : 4
  return most > 10 ? 1 : 2
}

/* A page that is called so has been asked for, unless a heading of a page for everybody says the same. */
function search({ pages, all, spoken }, typed) {
  const words = wordsIn(typed).flatMap(word => stands(all, pattern(word)) ? [word] : split(word, all))
  const query = { typed: wordsIn(typed).join(" "), words, patterns: words.map(pattern) }
  const called = new Set(spoken.filter(({ one }) => stands(query.typed, one)).map(({ page }) => page))
  const found = pages.map(page => look(page, query, called)).filter(Boolean)
  const asked = found.some(one => one.rank < 2) ? 3 : 1
  const place = one => one.rank === 3 ? asked : one.rank
  found.sort((a, b) => place(a) - place(b) || b.page.boost - a.page.boost || b.strength - a.strength)
  return found.map((one, i) => items(one, query, found.length - i))
}

/* A page as the theme shows it: its sections, the page's own among them. */
function items({ page, sections }, query, score) {
  const [own] = page.sections
  const shown = sections.map(({ section, sum }) => item(section, query, score - 1 + sum / sections[0].sum))
  return sections.some(({ section }) => section === own) ? shown : [...shown, item(own, { ...query, words: [], patterns: [] }, 0)]
}

function item(section, { words, patterns }, score) {
  const there = one => stands(section.heading, one) || stands(section.body, one)
  const first = Math.min(...patterns.flatMap(one => matches(section.body, one)).map(({ start }) => start))
  const from = first < Infinity ? Math.max(0, first - EXCERPT / 4) : 0
  const excerpt = text => text.slice(from, from + EXCERPT)
  return {
    location: section.location,
    title: marked(section.title, section.heading, patterns),
    text: "<p>" + (from ? "…" : "") + marked(excerpt(section.text), excerpt(section.body), patterns)
      + (from + EXCERPT < section.text.length ? "…" : "") + "</p>",
    score,
    terms: Object.fromEntries(words.filter((_, i) => there(patterns[i])).map(word => [word, true])),
  }
}

const escaped = text => text.replace(/[&<>]/g, sign => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign])

/* As HTML, with what was looked for marked, by what the text is folded to. */
function marked(text, folded, patterns) {
  let at = 0
  let html = ""
  for (const { start, end } of patterns.flatMap(one => matches(folded, one)).sort((a, b) => a.start - b.start)) {
    if (start < at) continue
    html += `${escaped(text.slice(at, start))}<mark data-md-highlight>${escaped(text.slice(start, end))}</mark>`
    at = end
  }
  return html + escaped(text.slice(at))
}

async function read() {
  await importScripts(INDEX)
  const pages = pagesOf(self.sections)
  const spoken = pages.flatMap(page => page.sections.flatMap(({ aliases }) => aliases.map(({ one }) => ({ page, one }))))
  return { pages, spoken, all: self.sections.map(({ title, text }) => fold(`${title}\n${text}`)).join("\n") }
}

let index
addEventListener("message", async ({ data: { type, data } }) => {
  if (type === 0) return postMessage({ type: 1 })
  if (!data.trim()) return postMessage({ type: 3, data: { items: [] } })
  index ??= read()
  try {
    postMessage({ type: 3, data: { items: search(await index, data.slice(0, LONGEST)) } })
  } catch (error) {
    index = undefined // the next query tries again
    throw error
  }
})
