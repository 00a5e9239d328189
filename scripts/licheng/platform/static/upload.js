// A file's SHA-256 is computed before it is sent, and while it is sent one sees how far it is. Without this script the
// file is sent with the form as any file is.
"use strict";
(() => {
  const form = document.getElementById("record"), chosen = form && form.elements._file;
  if (!chosen || !crypto.subtle) return;
  const button = document.getElementById("attach"), status = document.getElementById("upload-status");

  button.addEventListener("click", async event => {
    const [file] = chosen.files;
    if (!file) return;
    event.preventDefault();
    button.disabled = true;
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    form.elements._file_digest.value = [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, "0")).join("");
    form.dispatchEvent(new Event("submit"));  // what was typed is kept as when the form is sent
    const body = new FormData(form);
    body.set("_do", "attach");
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", step => {
      if (step.lengthComputable) {
        status.textContent = chosen.dataset.progress.replace("{percent}", Math.floor(step.loaded * 100 / step.total));
      }
    });
    request.addEventListener("load", () => {
      if (request.status === 200) {
        location.assign(request.responseURL);
        return;
      }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      status.textContent = page.querySelector("main")?.innerText.trim() || String(request.status);
      button.disabled = false;
    });
    request.addEventListener("error", () => {  // the form itself says what is wrong, or goes through
      button.disabled = false;
      status.textContent = document.getElementById("draft-status").dataset.waiting;
    });
    request.open("POST", form.action);
    request.send(body);
  });
})();
