// What is typed in a form is kept in the browser at once, and sent to the platform shortly after. The browser forgets
// it only when the platform has said that it is on its disk. Without this script the form works as any form does.
"use strict";
(() => {
  const PAUSE = 700, LATEST = 30000, ALONG = 60000;
  const OF_PAGE = ["csrf", "_do", "_tab", "_number", "_seen", "_key", "_file_digest", "_care"];
  // Where a browser keeps nothing, the page itself still has it.
  const store = {
    put(name, text) { try { localStorage.setItem(name, text); } catch { /* full, or forbidden */ } },
    take(name) { try { return localStorage.getItem(name); } catch { return null; } },
    drop(name, text) { try { if (text === localStorage.getItem(name)) localStorage.removeItem(name); } catch { /* likewise */ } },
    names(start) { try { return Object.keys(localStorage).filter(name => name.startsWith(start)); } catch { return []; } },
  };
  const holder = document.querySelector("[data-account]");
  if (!holder) return;
  const { account, draft: address, seen } = holder.dataset;
  const status = document.getElementById("draft-status");
  const tab = crypto.randomUUID(), own = `${account} ${address} ${tab}`;
  let number = 0, latest = null, timer = 0, pause = PAUSE, typed = false;

  function say(word, more) {
    if (status) status.textContent = more || status.dataset[word];
  }

  function fields() {
    const all = {};
    for (const [name, value] of new FormData(holder)) {
      if (typeof value === "string" && !OF_PAGE.includes(name)) (all[name] ??= []).push(value);
    }
    return all;
  }

  function keep() {
    number += 1;
    typed = true;
    latest = JSON.stringify({ tab, number, seen, fields: fields() });
    store.put(own, latest);
    say("typed");
  }

  // The platform's answer; what it has on its disk, or will never take in this form, is forgotten here.
  async function send(name, text, leaving) {
    const answer = await fetch(name.split(" ")[1], {
      method: "PUT",
      headers: { "content-type": "application/json", "x-csrf-token": holder.elements.csrf.value },
      body: text,
      // A page that is left sends no more than a browser takes along; the rest waits in the browser.
      keepalive: leaving && new Blob([text]).size < ALONG,
    });
    const told = await answer.json();
    if (answer.ok) store.drop(name, text);
    return { ...told, kept: answer.ok };
  }

  async function save(leaving) {
    clearTimeout(timer);
    const text = latest;
    if (text === null) return;
    try {
      const told = await send(own, text, leaving);
      if (told.kept && latest === text) latest = null;
      pause = told.kept ? PAUSE : LATEST;
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

  // A field that is not as the platform wrote it was typed in before this script was there.
  function isTyped(field) {
    if (OF_PAGE.includes(field.name) || field.type === "file") return false;
    if (field.options) return field.selectedIndex !== Math.max(0, [...field.options].findIndex(option => option.defaultSelected));
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    return "defaultValue" in field && field.value !== field.defaultValue;
  }

  if (address) {
    holder.addEventListener("input", () => { keep(); later(); });
    holder.addEventListener("submit", () => {
      if (typed) keep();
      number += 1;  // what the form itself sends comes after what the page has sent
      holder.elements._tab.value = tab;
      holder.elements._number.value = number;
    });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });
    addEventListener("pagehide", () => save(true));
    addEventListener("online", () => save());
    if ([...holder.elements].some(isTyped)) { keep(); later(); }
  }

  // What earlier pages kept and nobody has acknowledged is sent in their name.
  (async () => {
    let fresh = false;
    for (const name of store.names(`${account} `)) {
      const text = store.take(name);
      if (text === null || name === own) continue;
      try {
        const told = await send(name, text, false);
        fresh ||= told.kept && told.changed && name.split(" ")[1] === address;
      } catch {
        say("waiting");
      }
    }
    if (fresh && !typed) location.reload();
    else if (fresh) say("another");
  })();
})();
