// Passkeys: the browser makes or uses one, and the page's form carries its answer. All words stand in the page.

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// JSON as the server writes it → what the browser takes.
function taken(options) {
  const taken = { ...options, challenge: bytes(options.challenge) };
  if (options.user) taken.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) {
    taken.excludeCredentials = options.excludeCredentials.map((each) => ({ ...each, id: bytes(each.id) }));
  }
  return taken;
}

// What the browser gives → JSON as the server reads it.
function given(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: text(credential.rawId), type, response, clientExtensionResults: {} });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button");
  const say = (name) => {
    for (const words of form.querySelectorAll("[data-say]")) words.hidden = words.dataset.say !== name;
  };
  if (!window.PublicKeyCredential) {
    say("unsupported");
    continue;
  }
  button.hidden = false;
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    button.disabled = true;
    say("");
    try {
      const publicKey = taken(JSON.parse(form.dataset.options));
      const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
      form.elements.answer.value = given(credential);
      form.submit();
    } catch (error) {
      button.disabled = false;
      say(error.name === "InvalidStateError" ? "known" : "refused");
    }
  });
}
