/* What the theme leaves out: a language switch for pages that are swapped in place, and a search for those who type Chinese. */

/* The header stays when pages are swapped, so the language switch learns each page's twin from the page itself. */
function turnLanguageSwitch() {
  const twin = document.getElementById("lc-twin")
  const link = document.querySelector("[data-lc-language]")
  if (!twin || !link) return
  link.href = twin.href
  link.title = twin.dataset.same === "true" ? link.dataset.same : link.dataset.nearest
}

/* The theme's search listens for keys; an input method or a phone may send none when it puts a word in. */
function searchWithoutKeys() {
  const box = document.querySelector("[data-md-component=search-query]")
  for (const kind of ["compositionend", "input"])
    box?.addEventListener(kind, () => box.dispatchEvent(new KeyboardEvent("keyup")))
}

/* Whoever opens the search will type: what it reads is fetched ahead. A copy on a disk has it at hand. */
function fetchAhead() {
  const { base } = JSON.parse(document.getElementById("__config").textContent)
  const sections = new URL("search/sections.js", new URL(base, location))
  if (location.protocol !== "file:")
    document.querySelector("[data-md-component=search-query]")
      ?.addEventListener("focus", () => fetch(sections), { once: true })
}

/* A page is built once and read for weeks: the days that are left are counted again by the school's own calendar. */
function countDays() {
  const DAY = 86400000
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Taipei" }).format(new Date())
  for (const shown of document.querySelectorAll("[data-lc-closes]")) {
    const left = Math.round((Date.parse(shown.dataset.lcCloses) - Date.parse(today)) / DAY)
    const { lcLeft, lcToday, lcOver } = shown.dataset
    shown.textContent = left > 0 ? lcLeft.replace("{days}", left) : left < 0 ? lcOver : lcToday
  }
}

/* So is what has opened and closed since; the words and the shape of each phase stand beside its days. */
function tellPhases() {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Taipei" }).format(new Date())
  for (const chip of document.querySelectorAll("[data-lc-opens]")) {
    const { lcOpens, lcUntil, lcComing, lcRunning, lcEnded } = chip.dataset
    const [words, shape] = (today < lcOpens ? lcComing : today <= lcUntil ? lcRunning : lcEnded).split("/")
    chip.textContent = words
    chip.className = `lc-chip lc-chip--${shape}`
  }
}

/* A calendar asks to subscribe when the address of a feed says webcal:, which needs to know where the site is served. */
function offerSubscriptions() {
  if (!location.protocol.startsWith("http")) return
  for (const link of document.querySelectorAll("a[data-lc-webcal]"))
    link.href = link.href.replace(/^https?:/, "webcal:")
}

searchWithoutKeys()
fetchAhead()
document$.subscribe(turnLanguageSwitch)
document$.subscribe(countDays)
document$.subscribe(tellPhases)
document$.subscribe(offerSubscriptions)
