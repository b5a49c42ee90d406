// What readers open, as programs that others made judge it: the Nu HTML checker and Lighthouse.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import * as chromeLauncher from "chrome-launcher";
import lighthouse from "lighthouse";

const NU = createRequire(import.meta.url).resolve("vnu-jar/build/dist/vnu.jar");
/// Where anybody may go without a link of their own.
const PUBLIC = /^\/($|articles\/|magazine(\/|$)|sign-in|q\/)/;
const MOST_OCTETS = 60 * 1024;
const LEAST_SCORE = 0.98;

/// Every page that is reached from the first one, in this language.
async function pages(url, lang) {
  const found = new Map(), ahead = ["/", "/magazine", "/magazine/archive", "/magazine/search?q=%EC%A7%88%EB%AC%B8", "/sign-in"];
  while (ahead.length) {
    const at = ahead.pop();
    if (found.has(at)) continue;
    const answer = await fetch(url + at, { headers: { "accept-language": lang }, redirect: "follow" });
    const kind = answer.headers.get("content-type") ?? "";
    const body = kind.startsWith("text/html") ? await answer.text() : "";
    found.set(at, body);
    for (const [, to] of body.matchAll(/<a\b[^>]*\bhref="([^"#]+)/g)) {
      const next = new URL(to.replaceAll("&amp;", "&"), url + at);
      if (next.origin === url && PUBLIC.test(next.pathname)) ahead.push(next.pathname + next.search);
    }
  }
  return [...found].filter(([, body]) => body);
}

async function isHtml(scene) {
  const { room, server } = scene;
  const folder = mkdtempSync(path.join(os.tmpdir(), "mundap-html-"));
  const names = new Map();
  for (const lang of ["ko", "en"]) {
    for (const [at, body] of await pages(server.url, lang)) {
      const file = path.join(folder, `${names.size}.html`);
      writeFileSync(file, body);
      names.set(file, `${lang} ${at}`);
    }
  }
  let said;
  try {
    said = execFileSync("java", ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m", "-jar", NU, "--format", "json", "--stdout", "--exit-zero-always", folder], { maxBuffer: 64 << 20 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { messages } = JSON.parse(said);
  // The same error on many pages is told once.
  const errors = new Map();
  for (const m of messages.filter((m) => m.type === "error")) {
    const at = names.get(new URL(m.url ?? "file:///").pathname) ?? m.url;
    const what = `${m.message} … ${m.extract ?? ""}`;
    errors.set(what, [...(errors.get(what) ?? []), `${at}:${m.lastLine}`]);
  }
  for (const [what, where] of errors) room.problem(`${where[0]}${where.length > 1 ? ` and ${where.length - 1} more` : ""}: ${what}`);
  if (names.size < 20) room.problem(`only ${names.size} pages were found`);
  console.log(`# ${names.size} pages read by the Nu HTML checker`);
}

/// What Lighthouse says. Beside other work on two cores the browser sometimes paints nothing within Lighthouse's patience,
/// and it then says that it could not judge: that is asked again, while a judgement stands as it is.
async function judgement(url, port) {
  const options = { port, output: "json", logLevel: "error", onlyCategories: ["performance", "accessibility", "best-practices", "seo"] };
  let lhr;
  for (let attempt = 0; attempt < 4; attempt++) {
    ({ lhr } = await lighthouse(url, options));
    if (!lhr.runtimeError) return lhr;
    console.log(`# Lighthouse could not judge ${url}: ${lhr.runtimeError.code}`);
  }
  throw new Error(`Lighthouse could not judge ${url}: ${lhr.runtimeError.code} ${lhr.runtimeError.message}`);
}

async function isQuick(scene) {
  const { room, server } = scene;
  const chrome = await chromeLauncher.launch({
    chromePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic"],
  });
  try {
    for (const at of [server.stops.reader[0].path, "/magazine/1", "/magazine/archive"]) {
      const lhr = await judgement(server.url + at, chrome.port);
      const scores = Object.values(lhr.categories).map((c) => [c.id, c.score]);
      for (const [id, score] of scores) {
        // How quick it is depends on what else the machine does: what makes a page quick is asked for below.
        if (id === "performance" || score >= LEAST_SCORE) continue;
        const refs = lhr.categories[id].auditRefs.filter((ref) => ref.weight && lhr.audits[ref.id].score !== null && lhr.audits[ref.id].score < 1);
        room.problem(`${at}: ${id} ${score}: ${refs.map((ref) => `${ref.id} ${lhr.audits[ref.id].score} ${lhr.audits[ref.id].displayValue ?? ""}`).join(", ")}`);
      }
      const requests = lhr.audits["network-requests"].details.items;
      const elsewhere = requests.filter((r) => /^https?:/.test(r.url) && new URL(r.url).origin !== server.url);
      for (const r of elsewhere) room.problem(`${at} loads ${r.url}`);
      // One request, and the mark of the site; nothing that a reader has to wait for, nothing that runs.
      const waits = requests.filter((r) => !["Document", "Image", "Other"].includes(r.resourceType));
      for (const r of waits) room.problem(`${at} needs ${r.resourceType} ${r.url}`);
      const octets = requests.filter((r) => r.resourceType !== "Image").reduce((sum, r) => sum + r.transferSize, 0);
      if (octets > MOST_OCTETS) room.problem(`${at} weighs ${octets} octets without pictures`);
      console.log(`# ${at}: ${scores.map(([id, score]) => `${id} ${Math.round(score * 100)}`).join(", ")}; ${octets} octets in ${requests.length} requests`);
    }
  } finally {
    chrome.kill();
  }
}

export const stories = [
  ["the Nu HTML checker finds no error on any public page", isHtml],
  ["Lighthouse finds article, issue and archive accessible, well made, found by search engines, and light", isQuick],
];
