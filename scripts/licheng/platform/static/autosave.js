// What is typed in a form is kept in the browser at once, and sent to the platform shortly after. The browser forgets
// it only when the platform has said that it is on its disk. Without this script the form works as any form does.
"use strict";
(() => {
  const PAUSE = 700, LATEST = 30000, ALONG = 60000;
  const store = {
    put(name, text) { try { localStorage.setItem(name, text); } catch { /* full, or forbidden: the memory has it */ } },
    take(name) { try { return localStorage.getItem(name); } catch { return null; } },
    drop(name, text) { try { if (text === localStorage.getItem(name)) localStorage.removeItem(name); } catch { /* as above */ } },
    names(start) { try { return Object.keys(localStorage).filter(name => name.startsWith(start)); } catch { return []; } },
  };

  for (const done of document.querySelectorAll("[data-handed-in]")) {
    const name = `${done.dataset.account} ${done.dataset.handedIn} ${done.dataset.tab}`;
    store.drop(name, store.take(name));
  }
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const { draft: address, account, seen } = form.dataset;
  const status = document.getElementById("draft-status");
  const start = `${account} ${address} `, tab = crypto.randomUUID();
  let number = 0, latest = null, timer = 0, pause = PAUSE, typed = false;

  function say(word, more) {
    if (status) status.textContent = more || status.dataset[word];
  }

  function fields() {
    const all = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !["csrf", "_tab", "_number", "_seen"].includes(name)) (all[name] ??= []).push(value);
    }
    return all;
  }

  function keep() {
    number += 1;
    typed = true;
    latest = JSON.stringify({ tab, number, seen, fields: fields() });
    store.put(start + tab, latest);
    say("typed");
  }

  async function send(name, text, leaving) {
    const answer = await fetch(address, {
      method: "PUT",
      headers: { "content-type": "application/json", "x-csrf-token": form.elements.csrf.value },
      body: text,
      // A page that is left sends no more than a browser takes along; the rest waits in the browser.
      keepalive: leaving && new Blob([text]).size < ALONG,
    });
    const told = await answer.json();
    if (answer.ok) store.drop(name, text);
    return [answer.ok, told];
  }

  async function save(leaving) {
    clearTimeout(timer);
    const text = latest;
    if (text === null) return;
    try {
      const [kept, told] = await send(start + tab, text, leaving);
      if (kept && latest === text) latest = null;
      pause = kept ? PAUSE : LATEST;
      say("saved", told.message);
    } catch {
      pause = Math.min(pause * 2, LATEST);
      say("waiting");
    }
    if (latest !== null) later();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  form.addEventListener("input", () => { keep(); later(); });
  form.addEventListener("submit", () => {
    if (latest !== null || typed) keep();
    for (const [name, value] of [["_tab", tab], ["_number", String(number)]]) form.elements[name].value = value;
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });
  addEventListener("pagehide", () => save(true));
  addEventListener("online", () => save());

  // What an earlier page kept and nobody has acknowledged is sent in its name.
  (async () => {
    let fresh = false;
    for (const name of store.names(start)) {
      const text = store.take(name);
      if (text === null || name === start + tab) continue;
      try {
        const [kept, told] = await send(name, text, false);
        fresh ||= kept && told.changed;
      } catch {
        say("waiting");
        return;
      }
    }
    if (fresh && !typed) location.reload();
    else if (fresh) say("another");
  })();
})();
