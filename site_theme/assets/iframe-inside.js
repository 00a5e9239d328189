/* What iframe-worker 1.0.4, (c) 2020-2022 Martin Donath, MIT, wrote into its frame inline; the page's policy wants a file. */
"use strict"
const { url } = document.currentScript.dataset
globalThis.postMessage = (message, origin) => parent.postMessage(message, origin || "*")
globalThis.importScripts = (...scripts) => scripts.reduce((before, src) => before.then(() => new Promise(done => {
  const script = document.createElement("script")
  script.src = src
  script.onload = done
  document.body.appendChild(script)
})), Promise.resolve())
addEventListener("error", ({ error }) => parent.dispatchEvent(new ErrorEvent("error", { filename: url, error })))
