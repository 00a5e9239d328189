// The page that asks the signing page: opens it in the click itself, and posts its answer as the form's.

import {askSignature} from "./ask_signature.js"

const form = document.getElementById("signing")
const open = document.getElementById("open")
const failed = document.getElementById("failed")

function say(reason) {
  failed.textContent = failed.dataset[reason] ?? failed.dataset.other
}

open.hidden = false
open.addEventListener("click", () => {
  failed.textContent = ""
  askSignature(form.dataset.origin, JSON.parse(form.dataset.request), say).then(answer => {
    form.elements.answer.value = JSON.stringify(answer)
    form.requestSubmit()
  }, error => say(error.message))
})
