// The pages that are kept on a phone: the door's list and somebody's code. Without this the door is a page of forms; with
// it marks are made at once, kept here while there is no connection, and sent when there is one. Every mark has an id of
// its own, so one that is sent twice counts once.

const pause = (ms) => new Promise((next) => setTimeout(next, ms));
const say = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };

/* 128 random bits in the form of an id; randomUUID is only there over https. */
function id() {
  const octets = crypto.getRandomValues(new Uint8Array(16));
  octets[6] = (octets[6] & 15) | 64;
  octets[8] = (octets[8] & 63) | 128;
  const hex = Array.from(octets, (o) => o.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/* What is being kept at this moment: whoever signs out meanwhile would leave it behind. */
const keeping = [];
/* What is asked before somebody signs out; no ends it. */
const leaving = [];

/* Keeps this page, its style and its scripts, and a worker that answers with them: <… data-keep="PATH" data-kept="words">. */
async function keep(box) {
  if (!("serviceWorker" in navigator) || !("caches" in window)) return;
  await navigator.serviceWorker.register("/kept.js", { scope: box.dataset.keep });
  const cache = await caches.open("kept");
  const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((e) => e.href || e.src);
  await Promise.all(parts.map(async (url) => { if (!await cache.match(url)) await cache.add(url); }));
  const url = new URL(location.href);
  for (const name of ["q", "guest", "lang"]) url.searchParams.delete(name);
  url.hash = "";
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected || !answer.headers.has("x-kept-until")) return;
  await cache.put(url.href, answer);
  say(box.querySelector("[data-kept-status]"), box.dataset.kept);
}

/* The server's answer to signing out deletes what is kept, but over https alone, and not what is put there a moment later. */
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.getAttribute("action") !== "/sign-out") return;
  event.preventDefault();
  for (const may of leaving) if (!await may()) return;
  await Promise.race([Promise.allSettled(keeping), pause(5000)]);
  if ("caches" in window) await caches.delete("kept");
  const workers = await navigator.serviceWorker?.getRegistrations() ?? [];
  await Promise.all(workers.map((worker) => worker.unregister()));
  form.submit();
}, true);

/* What is over goes, unless something of it was never sent. */
function tidy() {
  for (const name of Object.keys(localStorage).filter((n) => n.startsWith("door:"))) {
    const { until = 0, marks = [], guests = [] } = JSON.parse(localStorage.getItem(name) ?? "{}");
    if (until < Date.now() && marks.length + guests.length === 0) localStorage.removeItem(name);
  }
}

function door(box) {
  const name = `door:${box.dataset.sitting}`, word = (key) => box.dataset[key] ?? "";
  const status = box.querySelector("[data-door-status]"), rows = [...box.querySelectorAll("[data-who]")];
  const server = new Map(rows.map((row) => [row.dataset.who, row.dataset.came === "true"]));
  const load = () => ({ device: "", marks: [], guests: [], came: {}, ...JSON.parse(localStorage.getItem(name) ?? "{}") });
  const change = (how) => {
    const kept = load();
    how(kept);
    kept.device ||= id().slice(0, 8);
    kept.until = Number(box.dataset.until);
    kept.page = location.pathname + location.search;
    localStorage.setItem(name, JSON.stringify(kept));
  };
  const tell = (text) => { status.hidden = !text; say(status, text); };
  const unsent = () => { const kept = load(); return kept.marks.length + kept.guests.length; };
  const guestsOut = box.querySelector("[data-door-guests]");
  let token = box.dataset.csrf, busy = false, timer, noted = Number(guestsOut.textContent.replace(/\D/g, ""));

  function stands() {
    const kept = load(), came = new Map([...server, ...Object.entries(kept.came)]);
    for (const mark of kept.marks) came.set(mark.who, mark.came);
    return came;
  }
  function paint() {
    const came = stands();
    for (const row of rows) {
      const here = came.get(row.dataset.who) === true, form = row.querySelector("[data-door-tick]");
      if (row.dataset.came === String(here) || !form.elements.came) continue;
      row.dataset.came = String(here);
      form.elements.came.value = String(!here);
      say(form.querySelector("[data-word]"), word(here ? "wordUndo" : "wordCame"));
      form.querySelector("button").dataset.kind = here ? "quiet" : "primary";
      let badge = row.querySelector("[data-door-came]");
      if (here && !badge) {
        badge = Object.assign(document.createElement("span"), { className: "badge", textContent: box.querySelector(".stats dt").textContent });
        badge.dataset.state = "ok";
        badge.dataset.doorCame = "";
        row.querySelector(".door-state").prepend(badge);
      } else if (!here) badge?.remove();
    }
    say(guestsOut, (noted + load().guests.length).toLocaleString());
    say(box.querySelector("[data-door-n]"), [...came.values()].filter(Boolean).length.toLocaleString());
  }
  function mark(who, came) {
    const row = rows.find((r) => r.dataset.who === who), person = row?.querySelector("strong")?.textContent ?? "";
    change((kept) => kept.marks.push({ id: id(), who, came, at: Date.now() }));
    paint();
    tell(word(came ? "done" : "undone").replace("{name}", person));
    sync(false);
  }

  async function ask(kept) {
    if (!kept.marks.length && !kept.guests.length) return fetch(box.dataset.state, { redirect: "manual", headers: { Accept: "application/json" } });
    const body = new URLSearchParams({
      csrf: token, sitting: box.dataset.sitting, now: String(Date.now()), device: kept.device,
      marks: JSON.stringify(kept.marks), guests: JSON.stringify(kept.guests),
    });
    return fetch(box.dataset.marks, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
  }
  async function sync(loud = true) {
    if (busy) { clearTimeout(timer); timer = setTimeout(() => sync(loud), 500); return; }
    busy = true;
    const all = load(), kept = { ...all, marks: all.marks.slice(0, 300), guests: all.guests.slice(0, 100) };
    try {
      let answer = await ask(kept);
      if (answer.status === 409) {
        // The page was kept for so long that its form counts no more.
        const fresh = await fetch(box.dataset.state, { redirect: "manual", headers: { Accept: "application/json" } });
        if (fresh.ok) { token = (await fresh.json()).csrf; answer = await ask(kept); }
      }
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) { tell(word("signedOut").replace("{n}", unsent())); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const said = await answer.json(), sent = new Set([...kept.marks, ...kept.guests].map((m) => m.id));
      token = said.csrf;
      change((now) => {
        now.marks = now.marks.filter((m) => !sent.has(m.id));
        now.guests = now.guests.filter((g) => !sent.has(g.id));
        now.came = said.came;
      });
      noted = said.guests;
      paint();
      if (unsent()) { clearTimeout(timer); timer = setTimeout(sync, 100); } else if (sent.size && loud) tell(word("sent"));
    } catch {
      const n = unsent();
      tell(n ? word("waiting").replace("{n}", n) : word("offline"));
    } finally { busy = false; }
  }

  box.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-door-tick]") && form.elements.act.value === "mark") {
      event.preventDefault();
      mark(form.elements.who.value, form.elements.came.value === "true");
    } else if (form.matches("[data-door-code]")) {
      if (!byCode(form.elements.code.value, navigator.onLine)) return;
      event.preventDefault();
    } else if (form.matches("[data-door-walk-in]") && form.elements.name.value.trim()) {
      event.preventDefault();
      const guest = { id: id(), name: form.elements.name.value.trim(), company: form.elements.company.value.trim(), at: Date.now() };
      change((kept) => kept.guests.push(guest));
      form.elements.name.value = form.elements.company.value = "";
      note(guest);
      paint();
      tell(word("noted"));
      form.elements.name.focus();
      sync(false);
    }
  });
  function note(guest) {
    const item = document.createElement("li"), who = document.createElement("div");
    who.className = "door-who";
    who.append(Object.assign(document.createElement("strong"), { textContent: guest.name }));
    if (guest.company) who.append(" ", Object.assign(document.createElement("span"), { className: "hint", textContent: guest.company }));
    item.append(who);
    box.querySelector("[data-door-notes]").append(item);
  }

  /* True when the code was dealt with here. */
  function byCode(typed, online) {
    const code = typed.replace(/[\s-]/g, "").toUpperCase();
    const row = code.length === 8 ? rows.find((r) => r.dataset.code === code) : undefined;
    if (!row) {
      if (online) return false;
      tell(word(code.length === 8 ? "unknown" : "wrong"));
      return true;
    }
    mark(row.dataset.who, true);
    const field = box.querySelector("#code");
    field.value = "";
    field.focus();
    return true;
  }
  const search = box.querySelector("[data-door-search]");
  search.addEventListener("input", () => {
    const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every((w) => row.dataset.find.includes(w));
  });

  /* A code by the camera, where the browser reads codes. */
  const button = box.querySelector("[data-door-camera]"), video = box.querySelector("[data-door-video]");
  let stream = null;
  function stop() {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    button.setAttribute("aria-expanded", "false");
  }
  async function look() {
    if (stream) { stop(); return; }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch { tell(word("failed")); return; }
    video.srcObject = stream;
    video.hidden = false;
    button.setAttribute("aria-expanded", "true");
    await video.play();
    const reader = new BarcodeDetector({ formats: ["qr_code"] });
    let last = "", since = 0;
    while (stream) {
      const [found] = await reader.detect(video).catch(() => []);
      // The same code lies before the camera for a while.
      if (found && (found.rawValue !== last || Date.now() - since > 4000)) {
        [last, since] = [found.rawValue, Date.now()];
        byCode(found.rawValue, false);
      }
      await pause(250);
    }
  }
  if ("BarcodeDetector" in window && navigator.mediaDevices) {
    button.hidden = false;
    button.addEventListener("click", look);
  }

  /* Signing out would lose what was never sent, so that is sent first. */
  leaving.push(async () => {
    for (let n = 0; busy && n < 50; n += 1) await pause(100);
    if (unsent()) await sync(false);
    if (!unsent()) { localStorage.removeItem(name); return true; }
    tell(word("stay").replace("{n}", unsent()));
    status.scrollIntoView({ block: "center" });
    return false;
  });

  for (const guest of load().guests) note(guest);
  change(() => {});
  paint();
  addEventListener("online", () => sync());
  addEventListener("offline", () => sync());
  addEventListener("storage", (event) => { if (event.key === name) paint(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") sync(); });
  setInterval(() => sync(), 15000);
  sync();
}

tidy();
for (const box of document.querySelectorAll("[data-door]")) door(box);
for (const box of document.querySelectorAll("[data-keep]")) keeping.push(keep(box).catch(() => {}));
