// What the pages gain where scripts run. Everything works without it; nothing here asks "are you sure?".

const say = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };
const t = (element, name) => element.dataset[name] ?? "";

/* Characters left, counted as people count them. */
const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(document.documentElement.lang, { granularity: "grapheme" }) : null;
const count = (text) => segmenter ? Array.from(segmenter.segment(text)).length : Array.from(text).length;
const tidy = (text) => text.normalize("NFC").trim();

function counter(area) {
  const most = Number(area.dataset.count);
  const out = document.createElement("p");
  out.className = "counter";
  out.id = `${area.id}-count`;
  area.after(out);
  area.setAttribute("aria-describedby", `${area.getAttribute("aria-describedby") ?? ""} ${out.id}`.trim());
  const update = () => {
    const left = most - count(tidy(area.value));
    out.toggleAttribute("data-over", left < 0);
    // Said aloud only when it gets tight.
    if (left <= 50) out.setAttribute("aria-live", "polite"); else out.removeAttribute("aria-live");
    say(out, t(area, left < 0 ? "countOver" : "countText").replace("{n}", Math.abs(left).toLocaleString()));
  };
  area.addEventListener("input", update);
  update();
}

/* What is typed in these forms can be saved; see "presses" below. */
const saves = new Map();

/* Drafts are saved while one types: <form data-autosave="URL" data-autosave-saved="…" data-autosave-failed="…">. */
function autosave(form) {
  const out = form.querySelector("[data-autosave-status]") ?? form.appendChild(Object.assign(document.createElement("p"), { className: "hint" }));
  out.setAttribute("role", "status");
  let timer, running = null, last = snapshot();
  // What the server says of it: a draft may carry the version it was made from.
  const version = form.elements.version;
  function snapshot() {
    return new URLSearchParams([...new FormData(form)].filter(([n, v]) => typeof v === "string" && n !== "version")).toString();
  }
  /* Whether the server heard of it, be it that it refused. */
  async function save() {
    const now = snapshot();
    if (running) return running.then(save);
    if (now === last) return true;
    running = send(now).finally(() => { running = null; });
    return running;
  }
  async function send(now) {
    let heard = false;
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body: version ? `${now}&version=${version.value}` : now, redirect: "manual",
        keepalive: now.length < 50_000, // What was typed last goes out although its page is left.
        headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
      });
      heard = answer.status < 500;
      if (answer.status === 409 && form.dataset.autosaveConflict) { last = now; say(out, t(form, "autosaveConflict")); return true; }
      if (!answer.ok) throw new Error(String(answer.status));
      last = now;
      if (version) version.value = (await answer.json()).version ?? version.value;
      if (snapshot() === last) delete form.dataset.unsaved;
      say(out, t(form, "autosaveSaved"));
    } catch {
      say(out, t(form, "autosaveFailed"));
      clearTimeout(timer);
      timer = setTimeout(save, 5000);
    }
    return heard;
  }
  const schedule = () => { clearTimeout(timer); timer = setTimeout(save, 900); };
  form.addEventListener("input", () => { form.dataset.unsaved = ""; schedule(); });
  form.addEventListener("submit", () => clearTimeout(timer));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && snapshot() !== last) save(); });
  saves.set(form, save);
}

/* An article is saved while one writes it: <form data-compose="URL" …>. The answer says what the form may take as read
   ([data-was]); where somebody else changed the same, the buttons decide. A press waits for a save that is under way. */
function compose(form) {
  const out = form.querySelector("[data-compose-status]"), was = form.querySelector("[data-was]");
  const snapshot = () => [...new FormData(form)].filter(([n, v]) => typeof v === "string" && n !== "was" && n !== "version");
  const text = (pairs) => new URLSearchParams(pairs).toString();
  let timer, running = null, stopped = false, last = text(snapshot());
  async function save() {
    const pairs = snapshot(), now = text(pairs);
    if (stopped || now === last) return;
    const body = new URLSearchParams([...pairs, ["version", form.elements.version.value]]);
    for (const input of was.children) body.append("was", input.value);
    try {
      const answer = await fetch(form.dataset.compose, {
        method: "POST", body, redirect: "error",
        headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
      });
      if (answer.status === 409) { stopped = true; say(out, t(form, "composeConflict")); return; }
      if (answer.status === 422) { last = now; say(out, t(form, "composeInvalid")); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const said = await answer.json();
      form.elements.version.value = said.version;
      was.replaceChildren(...said.was.map((value) => Object.assign(document.createElement("input"), { type: "hidden", name: "was", value })));
      last = now;
      say(out, t(form, said.merged ? "composeMerged" : "composeSaved"));
      if (text(snapshot()) !== last) schedule();
    } catch {
      say(out, t(form, "composeFailed"));
      schedule(5000);
    }
  }
  const begin = () => { running ??= save().finally(() => { running = null; }); return running; };
  const schedule = (wait = 1500) => { clearTimeout(timer); timer = setTimeout(begin, wait); };
  form.addEventListener("input", () => schedule());
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!running) { stopped = true; return; }
    event.preventDefault();
    running.then(() => form.requestSubmit(event.submitter));
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") begin(); });
}

/* [data-sort] holds [data-sort-item]s, which are dragged by their [data-sort-grip]; buttons do the same without script. */
function sortable(list) {
  let held = null;
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest?.("[data-sort-grip]")?.closest("[data-sort-item]");
    if (item) item.draggable = true;
  });
  list.addEventListener("dragstart", (event) => {
    held = event.target.closest?.("[data-sort-item]");
    if (held) { event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", held.id); }
  });
  list.addEventListener("dragover", (event) => {
    const over = held && event.target.closest?.("[data-sort-item]");
    if (!over || over === held) { if (held) event.preventDefault(); return; }
    event.preventDefault();
    const box = over.getBoundingClientRect();
    if (event.clientY > box.top + box.height / 2) over.after(held); else over.before(held);
  });
  list.addEventListener("dragend", () => {
    if (!held) return;
    held.draggable = false;
    held.dispatchEvent(new Event("input", { bubbles: true }));
    held = null;
  });
}

/* Similar questions beneath the text that somebody writes: <div data-similar="URL"> in its form. */
function similar(box) {
  const form = box.closest("form"), area = form?.querySelector("textarea[name=question]");
  if (!area) return;
  let timer, asked = area.value.trim(), latest = 0;
  async function look() {
    const text = area.value.trim();
    if (text === asked) return;
    asked = text;
    const mine = latest += 1;
    try {
      const answer = await fetch(box.dataset.similar, {
        method: "POST", redirect: "error",
        headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html" },
        body: new URLSearchParams({ csrf: form.elements.csrf.value, question: text }),
      });
      if (!answer.ok || mine !== latest) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
      if (fresh.textContent.trim() !== box.textContent.trim()) box.replaceChildren(...fresh.childNodes);
    } catch { /* It is a hint: who writes goes on. */ }
  }
  area.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 1200); });
}

/* A preview while one types: <form data-preview="ID"> asks its server for the page that its preview button gives, and takes
   the element ID of it. */
function preview(form) {
  const id = form.dataset.preview, button = form.querySelector("button[value=preview]");
  if (!button || !document.getElementById(id)) return;
  let timer, asked = "", latest = 0;
  const fields = () => {
    const data = new FormData(form);
    data.set(button.name, button.value);
    return new URLSearchParams([...data].filter(([, v]) => typeof v === "string"));
  };
  async function look() {
    const body = fields().toString();
    if (body === asked) return;
    asked = body;
    const mine = latest += 1;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body, redirect: "error",
        headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html" },
      });
      // 422: the words do not read yet; its page says so where the preview stands.
      if (mine !== latest || !(answer.ok || answer.status === 422)) return;
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
      const now = document.getElementById(id);
      if (next && !now.isEqualNode(next)) now.replaceChildren(...next.childNodes);
    } catch { asked = ""; /* The button asks again. */ }
  }
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 500); });
}

/* Presses. A second press of the same button does nothing while the first is under way. What is typed elsewhere on the page is
   saved first. While there is no connection the page stays: the browser's page of errors would take its place, and with it
   all that was typed. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 8000);
  const typed = [...saves].filter(([saved]) => saved.isConnected && "unsaved" in saved.dataset).map(([, save]) => save);
  const lost = document.querySelector("[data-live-status]:not([hidden])");
  if (form.dataset.asked || (!typed.length && !lost)) return;
  event.preventDefault();
  const there = () => fetch(location.href, { method: "HEAD" }).then(() => true, () => false);
  Promise.all(typed.map((save) => save())).then((heard) => heard.every(Boolean) && (!lost || there())).then((go) => {
    delete form.dataset.sent;
    if (!go || !form.isConnected) return;
    form.dataset.asked = "1";
    form.requestSubmit(event.submitter);
    delete form.dataset.asked;
  });
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));

/* <button data-copy="text" data-copied="…"> */
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  event.preventDefault();
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.setAttribute("aria-live", "polite");
    button.textContent = t(button, "copied") || "✓";
    setTimeout(() => { button.textContent = before; }, 2000);
  } catch {
    const field = document.getElementById(button.getAttribute("aria-controls") ?? "");
    field?.select?.();
  }
});

/* <button data-share data-url data-title data-text hidden>: the platform's own sheet, where there is one. */
function shares(button) {
  if (!navigator.share) return;
  button.hidden = false;
  const { url, title, text } = button.dataset;
  // Whoever closes the sheet has changed their mind; that is no error.
  button.addEventListener("click", () => navigator.share({ url, title, text }).catch(() => 0));
}

/* Rows: [data-rows] holds [data-row]; j and k move, x selects; [data-selected-count] says how many. */
const rowsOf = () => [...document.querySelectorAll("[data-rows] [data-row]")];
const currentRow = () => document.activeElement?.closest?.("[data-row]") ?? null;
function moveRow(by) {
  const rows = rowsOf();
  if (!rows.length) return;
  const at = rows.indexOf(currentRow());
  const row = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by))];
  (row.querySelector("a[href], button, input") ?? row).focus();
  row.scrollIntoView({ block: "nearest" });
}
function countSelected() {
  for (const out of document.querySelectorAll("[data-selected-count]")) {
    const n = document.querySelectorAll("[data-row] input[type=checkbox]:checked").length;
    out.hidden = n === 0;
    say(out, t(out, "selectedCount").replace("{n}", n));
    const deeds = out.closest("details[data-open-on-select]");
    if (deeds && n > 0 && !deeds.dataset.opened) { deeds.open = true; deeds.dataset.opened = "1"; }
  }
}
document.addEventListener("change", (event) => {
  const all = event.target.closest?.("[data-select-all]");
  if (all) for (const box of document.querySelectorAll("[data-row] input[type=checkbox]:not(:disabled)")) box.checked = all.checked;
  countSelected();
  if (event.target.closest?.("[data-submit-on-change]")) event.target.form?.requestSubmit();
});

/* [data-key="l"] is pressed by its key; inside a row, only while the row has the focus, also where it is folded away.
   ? shows them all; its words stand at the page's body. */
const pressable = (e) => !e.disabled && (e.offsetParent !== null || e.closest("details:not([open])"));
function keyed(key) {
  const row = currentRow();
  const all = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(pressable);
  return all.find((e) => row && row.contains(e)) ?? all.find((e) => !e.closest("[data-row]"));
}
function showKeys() {
  const words = document.body.dataset, known = new Map();
  if (rowsOf().length) { known.set("j", words.keysDown); known.set("k", words.keysUp); known.set("x", words.keysSelect); }
  for (const element of document.querySelectorAll("[data-key]")) {
    const label = element.dataset.keyLabel ?? element.getAttribute("aria-label") ?? (element.labels?.[0]?.textContent || element.textContent);
    if (!known.has(element.dataset.key)) known.set(element.dataset.key, label.trim());
  }
  if (!known.size || !words.keysTitle) return;
  known.set("?", words.keysTitle);
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "keys-title");
  const title = Object.assign(document.createElement("h2"), { id: "keys-title", textContent: words.keysTitle });
  const list = Object.assign(document.createElement("dl"), { className: "keys" });
  for (const [key, label] of known) {
    const dt = document.createElement("dt");
    dt.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    list.append(dt, Object.assign(document.createElement("dd"), { textContent: label }));
  }
  const close = Object.assign(document.createElement("button"), { className: "button", textContent: words.keysClose });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(title, list, close);
  document.body.append(dialog);
  dialog.showModal();
}
document.addEventListener("click", (event) => { if (event.target.closest?.("[data-keys-show]")) showKeys(); });
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  const target = event.target;
  const typing = target.matches?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
  if (typing) { if (event.key === "Escape") target.blur(); return; }
  const element = keyed(event.key);
  if (element) {
    event.preventDefault();
    if (element.matches("input:not([type=checkbox], [type=radio]), textarea, select")) { element.focus(); element.select?.(); } else element.click();
    return;
  }
  const own = {
    j: () => moveRow(1), k: () => moveRow(-1), "?": showKeys,
    x: () => currentRow()?.querySelector("input[type=checkbox]")?.click(),
  }[event.key];
  if (own && (event.key === "?" || rowsOf().length)) { event.preventDefault(); own(); }
});

/* Server-sent events of `url`, each told to the function of its name. They are opened again for as long as the page stands; meanwhile
   [data-live-status] stands, which the function that comes back shows and hides. The server says every 15 seconds that it is there ("alive"): a connection
   that died without a word, behind a wireless that is gone or while a telephone slept, is known by its silence and made anew. That the browser
   calls itself offline is no proof: the server may be on the same machine. */
const SILENCE = 40_000;
function stream(url, heard) {
  const status = document.querySelector("[data-live-status]");
  const lost = (is) => { if (status) status.hidden = !is; };
  let source, heardAt, later;
  const hears = () => { heardAt = Date.now(); };
  function open() {
    clearTimeout(later);
    source?.close();
    hears();
    source = new EventSource(url);
    source.addEventListener("alive", hears);
    for (const [name, tell] of Object.entries(heard)) source.addEventListener(name, (event) => { hears(); tell(event); });
    source.onerror = () => {
      lost(true);
      // After an answer that is no stream a browser gives up, and we do not.
      if (source.readyState === EventSource.CLOSED) later = setTimeout(open, 3000);
    };
  }
  function listen() {
    if (Date.now() - heardAt < SILENCE) return;
    lost(true);
    open();
  }
  open();
  setInterval(listen, 5000);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") listen(); });
  addEventListener("offline", open);
  addEventListener("online", open);
  addEventListener("pagehide", () => { clearTimeout(later); source.close(); });
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  return lost;
}

/* [data-live="URL of an event stream"]: on a message the page is read again (data-live-page, where a refused form has
   another address) and its [data-live-part] elements, found by id, are swapped. A part with data-live-hold="Show {n} new"
   waits for a press instead, so no list jumps. A part in which somebody types or stands with the focus is left alone. */
function live(root) {
  const page = root.dataset.livePage;
  const address = page && location.pathname !== page ? page : location.href;
  let waiting = 0, timer, reading = false, again = false, opened = false;
  async function read(force) {
    if (reading) { again = true; return; }
    reading = true;
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-live-part]")) {
        const next = fresh.getElementById(part.id);
        if (!next || part.isEqualNode(next) || part.querySelector("[data-unsaved]")) continue;
        if (part.dataset.liveHold && !force) { hold(part); continue; }
        const focused = document.activeElement;
        if (part.contains(focused) && focused !== document.body && !force) {
          if (focused.id && next.querySelector(`#${CSS.escape(focused.id)}`) && !focused.matches("input, textarea, select")) {
            part.replaceWith(next);
            document.getElementById(focused.id)?.focus();
          }
          continue;
        }
        part.replaceWith(next);
        enhance(next);
      }
      for (const list of document.querySelectorAll("[data-live-rows]")) rows(list, fresh.getElementById(list.id), force);
      if (force) waiting = 0;
      lost(false);
    } catch {
      // What stands is the last state that we know of; the next try shows what came after it.
      lost(true);
      clearTimeout(timer);
      timer = setTimeout(read, 3000);
      return;
    } finally {
      reading = false;
      if (again) { again = false; schedule(); }
    }
  }
  /* Rows by their ids: those that are shown change where they stand, those that left say so and stay, new ones wait
     behind a button. A row that is ticked keeps what its form has seen: whoever decides on it is told what came between. */
  function rows(list, next, force) {
    if (!next) return;
    const held = document.getElementById(`${list.id}-more`);
    if (force) {
      held?.remove();
      list.replaceWith(next);
      enhance(next);
      return;
    }
    const shown = new Set();
    for (const row of list.querySelectorAll("[data-row]")) {
      shown.add(row.id);
      const now = next.querySelector(`#${CSS.escape(row.id)}`);
      if (!now) {
        row.dataset.gone = "";
        say(row.querySelector("[data-standing]"), list.dataset.liveGone);
      } else if (!row.isEqualNode(now) && !row.querySelector("input:checked")) {
        const key = row.contains(document.activeElement) ? document.activeElement.dataset.key ?? "Enter" : null;
        row.replaceWith(now);
        if (key) (now.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? now.querySelector("a[href]"))?.focus();
      }
    }
    const fresh = [...next.querySelectorAll("[data-row]")].filter((row) => !shown.has(row.id)).length;
    if (fresh === 0) { held?.remove(); return; }
    const more = held ?? Object.assign(document.createElement("button"), { id: `${list.id}-more`, type: "button", className: "button live-more" });
    if (!held) {
      more.addEventListener("click", () => read(true));
      list.before(more);
    }
    say(more, list.dataset.liveNew.replace("{n}", fresh));
  }
  function hold(part) {
    waiting += 1;
    const id = `${part.id}-more`;
    let more = document.getElementById(id);
    if (!more) {
      more = Object.assign(document.createElement("button"), { id, type: "button", className: "button live-more" });
      more.addEventListener("click", () => { more.remove(); read(true); });
      part.before(more);
    }
    say(more, part.dataset.liveHold.replace("{n}", waiting));
  }
  const schedule = () => { clearTimeout(timer); timer = setTimeout(read, 250); };
  const heard = Object.fromEntries((root.dataset.liveEvents ?? "changed").split(" ").map((name) => [name, schedule]));
  const lost = stream(root.dataset.live, {
    ...heard,
    hello() {
      if (opened) schedule(); else lost(false); // What happened while we were away; then the page is whole again.
      opened = true;
    },
  });
}

/* [data-stands="URL"]: what stands comes whole by server-sent events and takes the place of what was there. What was pressed
   here stays pressed: what is told to everybody does not know it. Buttons of the form with the id "act" send without a reload. */
function standing(root) {
  const form = document.getElementById("act");
  const name = (button) => `${button.name}=${button.value}`, all = () => root.querySelectorAll("button[aria-pressed]");
  const pressed = new Set([...all()].filter((b) => b.getAttribute("aria-pressed") === "true").map(name));
  const mark = () => all().forEach((b) => b.setAttribute("aria-pressed", pressed.has(name(b))));
  function put(text) {
    const focus = root.contains(document.activeElement) ? name(document.activeElement) : null;
    root.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    mark();
    if (focus) [...all()].find((b) => name(b) === focus)?.focus({ preventScroll: true });
  }
  form?.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button) return;
    event.preventDefault();
    pressed.add(name(button));
    mark();
    const body = new URLSearchParams(new FormData(form, button));
    fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true })
      .then((answer) => { if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(answer.status); })
      .catch(() => { pressed.delete(name(button)); mark(); lost(true); });
  });
  const whole = () => lost(false);
  const lost = stream(root.dataset.stands, { hello: whole, alive: whole, state: (event) => put(event.data) });
}

/* [data-other-note]: what is saved of the note that one types here; shown when that is somebody else's. */
function otherNote(element) {
  const mine = document.querySelector("#noting textarea"), saved = element.querySelector("blockquote").textContent.trim();
  element.hidden = !mine || mine.value.includes(saved);
}

/* [data-here="URL"]: says there every ten seconds that the page is open, and once that it closes. */
function here(element) {
  const tell = (more = "") => fetch(element.dataset.here, {
    method: "POST", keepalive: true, redirect: "manual", body: `csrf=${encodeURIComponent(element.dataset.hereCsrf)}${more}`,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  }).catch(() => { /* The next one says it. */ });
  tell();
  const every = setInterval(() => { if (document.visibilityState === "visible") tell(); }, 10_000);
  addEventListener("pagehide", () => { clearInterval(every); tell("&leaves=1"); });
}

/* [data-timer="2026-11-22T10:00:00Z"] counts up from there, on from data-used milliseconds; empty, it stands. data-now is
   the server's clock, since this one may go wrong. Amber and red after data-amber and data-red seconds. */
function timer(element) {
  const { timer: since, used = 0, now, amber = Infinity, red = Infinity } = element.dataset;
  const ahead = now ? Date.parse(now) - Date.now() : 0;
  const tick = () => {
    if (!element.isConnected) { clearInterval(every); return; }
    const running = since ? Math.max(0, Date.now() + ahead - Date.parse(since)) : 0;
    const seconds = Math.floor((Number(used) + running) / 1000);
    say(element, `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    const state = seconds >= Number(red) ? "red" : seconds >= Number(amber) ? "amber" : "";
    if (element.dataset.state !== state) element.dataset.state = state;
  };
  const every = since ? setInterval(tick, 250) : 0;
  tick();
}

/* Rows of a [data-drag] table are dragged to another row's place: as if a button of their form had said so. Without
   script, and by keys, the buttons beside do it. */
function draggable(row) {
  row.draggable = true;
  row.addEventListener("dragstart", (event) => {
    if (event.target.closest?.("select, input, button")) { event.preventDefault(); return; }
    event.dataTransfer.setData("text/plain", row.dataset.dragId);
    event.dataTransfer.effectAllowed = "move";
  });
}
function dropsOn(table) {
  let over = null;
  const mark = (row) => { over?.removeAttribute("data-drag-over"); over = row; over?.setAttribute("data-drag-over", ""); };
  table.addEventListener("dragover", (event) => {
    const row = event.target.closest?.("[data-place]");
    if (row) { event.preventDefault(); mark(row); }
  });
  table.addEventListener("dragleave", (event) => { if (!table.contains(event.relatedTarget)) mark(null); });
  table.addEventListener("drop", (event) => {
    const row = event.target.closest?.("[data-place]"), id = event.dataTransfer.getData("text/plain");
    mark(null);
    // Only within one list: from the reserves to the stage, and back, is a decision and has its buttons.
    if (!row || !table.querySelector(`[data-drag-id="${CSS.escape(id)}"]`)) return;
    event.preventDefault();
    const form = table.closest("form");
    const says = Object.assign(document.createElement("input"), { type: "hidden", name: "act", value: `to-${row.dataset.place}:${id}:` });
    form.append(says);
    form.requestSubmit();
  });
}

function enhance(root) {
  const each = (selector, work) => { if (root.matches?.(selector)) work(root); root.querySelectorAll(selector).forEach(work); };
  each("textarea[data-count]", counter);
  each("form[data-autosave]", autosave);
  each("form[data-compose]", compose);
  each("[data-sort]", sortable);
  each("[data-similar]", similar);
  each("form[data-preview]", preview);
  each("[data-timer]", timer);
  each("[data-other-note]", otherNote);
  each("[data-drag-id]", draggable);
  each("[data-drag]", dropsOn);
  each("details[data-open-wide]", (e) => { e.open ||= matchMedia("(min-width: 64rem)").matches; });
  each("[data-share]", shares);
  each("[data-needs-script]", (e) => { e.hidden = false; });
  countSelected();
}
enhance(document);
document.querySelectorAll("[data-live]").forEach(live);
document.querySelectorAll("[data-stands]").forEach(standing);
document.querySelectorAll("[data-here]").forEach(here);

/* Whoever signs out loses what the door's page keeps here; what it never sent is sent from there first. */
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") !== "/sign-out" || document.querySelector("[data-door]")) return;
  for (const name of Object.keys(localStorage).filter((n) => n.startsWith("door:"))) {
    const { page, marks = [], guests = [] } = JSON.parse(localStorage.getItem(name) ?? "{}");
    if (page && marks.length + guests.length) { event.preventDefault(); location.href = page; return; }
  }
  for (const name of Object.keys(localStorage).filter((n) => n.startsWith("door:"))) localStorage.removeItem(name);
}, true);

/* After a refused form the reader lands on what is wrong. */
document.querySelector(".error-summary")?.setAttribute("tabindex", "-1");
document.querySelector(".error-summary")?.focus();
