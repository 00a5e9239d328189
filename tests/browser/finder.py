"""The site's own search, without its box: the worker that the pages name, for many queries at once."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page

_START = """async () => {
  const config = JSON.parse(document.getElementById("__config").textContent)
  const worker = new Worker(new URL(config.search, location))
  const ask = data => new Promise(answer => {
    worker.onmessage = event => answer(event.data)
    worker.postMessage(data)
  })
  await ask({ type: 0 })
  window.find = async query => {
    const { data } = await ask({ type: 2, data: query })
    return data.items.map(group => group[0].location)
  }
}"""


@dataclass(frozen=True)
class Finder:
    """The search of the edition that a page belongs to; answers are addresses from that edition's root."""

    page: Page

    @classmethod
    def on(cls, page: Page) -> Finder:
        page.evaluate(_START)
        return cls(page)

    def find(self, queries: list[str]) -> list[list[str]]:
        found: list[list[str]] = self.page.evaluate(
            "async queries => { const all = []; for (const one of queries) all.push(await find(one)); return all }",
            queries,
        )
        return found
