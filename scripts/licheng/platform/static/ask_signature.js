// How a page of the platform asks the signing page (`outputs/signing_page`) for a signature.
//
// Call `askSignature` in the very handler of a click: a window opened later is a popup that browsers block. The page's
// `Cross-Origin-Opener-Policy` is `same-origin-allow-popups`; with `same-origin` the two windows could not speak.

const PROTOCOL = "licheng-signing/v1"

// The answer to one request, as a promise.
//
// signingOrigin: `https://sign.school.example`, whose page is opened; messages of any other origin are not looked at.
// request: an object or the promise of one: {id, job, repository, …} as decision 0017 lists them.
// failed: called with a reason each time that the person could not sign and may try again.
// Rejects with an Error whose message is `blocked`, `closed`, or the reason why the page signs nothing.
export function askSignature(signingOrigin, request, failed = () => {}) {
  const page = window.open(`${signingOrigin}/`, "_blank")
  if (page === null) return Promise.reject(new Error("blocked"))
  return new Promise((resolve, reject) => {
    const watch = setInterval(() => page.closed && finish(reject, new Error("closed")), 500)
    function finish(settle, value) {
      clearInterval(watch)
      removeEventListener("message", hear)
      settle(value)
    }
    async function hear({origin, source, data}) {
      if (origin !== signingOrigin || source !== page || data?.protocol !== PROTOCOL) return
      if (data.step === "ready") {
        try {
          page.postMessage({protocol: PROTOCOL, step: "request", request: await request}, signingOrigin)
        } catch (error) {
          finish(reject, error)
        }
      } else if (data.step === "answer") {
        finish(resolve, data.answer)
      } else if (data.step === "refused") {
        finish(reject, new Error(data.reason))
      } else if (data.step === "failed") {
        failed(data.reason)
      }
    }
    addEventListener("message", hear)
  })
}
