/* What the theme leaves out where it swaps pages without loading them anew. */

/* The header stays, so the language switch learns each page's twin from the page itself. */
function turnLanguageSwitch() {
  const twin = document.getElementById("lc-twin")
  const link = document.querySelector("[data-lc-language]")
  if (!twin || !link) return
  const words = twin.dataset.same === "true" ? link.dataset.same : link.dataset.nearest
  link.href = twin.href
  link.title = words
  link.setAttribute("aria-label", words)
}

/* The theme's search listens for keys; an input method or a phone may send none when it puts a word in. */
function searchWithoutKeys() {
  const box = document.querySelector("[data-md-component=search-query]")
  for (const kind of ["compositionend", "input"])
    box?.addEventListener(kind, () => box.dispatchEvent(new KeyboardEvent("keyup")))
}

document$.subscribe(turnLanguageSwitch)
searchWithoutKeys()
