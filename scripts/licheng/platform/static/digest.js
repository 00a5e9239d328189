// The digest of a file that somebody else keeps is computed here, and the file stays here. Without this script, or where
// the browser cannot, the file is sent, its digest computed there, and the file forgotten.
"use strict";
(() => {
  for (const chosen of document.querySelectorAll("[data-digest-of]")) {
    const field = document.getElementById(chosen.dataset.digestOf), status = document.getElementById(`dh-${field.name}`);
    const compute = async () => {
      const [file] = chosen.files;
      if (!file || !crypto.subtle) return;
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      field.value = [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, "0")).join("");
      chosen.value = "";
      status.textContent = status.dataset.computed.replace("{name}", file.name);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    chosen.addEventListener("change", compute);
    compute(); // a file may have been chosen before this script came
  }
})();
