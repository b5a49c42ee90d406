// One way of looking: a language, a window, script on or off. Visitors are people with a browser of their own.

import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { texts } from "./texts.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PATIENCE = 20_000;

export class Room {
  constructor(browser, server, { lang, width, height, script = true, dark = false, shots, name }) {
    Object.assign(this, { browser, server, lang, width, height, script, dark, name });
    this.folder = path.join(shots, name);
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    this.t = texts(lang);
    this.problems = [];
    this.count = 0;
    this.pages = 0;
    this.visitors = new Map();
  }

  /// A person with a browser of their own; the same name is the same browser.
  async visitor(who) {
    if (!this.visitors.has(who)) this.visitors.set(who, await Visitor.arrive(this, who));
    return this.visitors.get(who);
  }

  problem(text) {
    this.problems.push(text);
  }

  /// What every visitor sees when a story stops: a picture, and the first words for a log that has none.
  async evidence(title) {
    for (const visitor of this.visitors.values()) {
      const words = await visitor.page.locator("body").innerText({ timeout: 3000 }).catch((error) => `(${error.message.split("\n")[0]})`);
      this.problem(`${visitor.who} stands at ${visitor.page.url()}: ${words.replace(/\s+/g, " ").slice(0, 500)}`);
      const file = path.join(this.folder, `stopped-${title.replace(/\W+/g, "-")}-${visitor.who}.png`);
      await visitor.page.screenshot({ path: file, timeout: 3000 }).catch(() => 0);
    }
  }

  async close() {
    for (const visitor of this.visitors.values()) await visitor.leave();
  }
}

/// What runs in a page has no limit of its own: a page that stands still would hold up all that follows.
function inTime(what, work) {
  let late;
  const limit = new Promise((_, fail) => { late = setTimeout(() => fail(new Error(`waited a minute for ${what}`)), 60_000); });
  return Promise.race([work, limit]).finally(() => clearTimeout(late));
}

export class Visitor {
  static async arrive(room, who) {
    const self = new Visitor();
    const options = {
      baseURL: room.server.url,
      locale: room.lang === "ko" ? "ko-KR" : "en-GB",
      timezoneId: "Asia/Seoul",
      viewport: { width: room.width, height: room.height },
      colorScheme: "light",
      reducedMotion: "reduce",
    };
    Object.assign(self, { room, who, t: room.t, options });
    self.context = await room.browser.newContext({ ...options, javaScriptEnabled: room.script });
    self.context.setDefaultTimeout(PATIENCE);
    self.context.on("page", (page) => self.watch(page));
    self.page = await self.context.newPage();
    return self;
  }

  watch(page) {
    const say = (text) => this.room.problem(`${this.who} at ${page.url().replace(this.room.server.url, "")}: ${text}`);
    page.on("console", (message) => {
      // A refused form, or a preview of words that do not read, answers 422, which the browser counts as an error; what else fails
      // to load is told below.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) say(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => say(`script: ${error.message}`));
    page.on("response", (response) => {
      const kind = response.request().resourceType();
      if (response.status() >= 500 || (response.status() >= 400 && response.status() !== 422 && kind !== "document")) say(`${response.status()} for ${response.url()}`);
    });
  }

  async leave() {
    await this.twin?.close();
    await this.context.close();
  }

  async goto(address) {
    await this.page.goto(address);
    return this;
  }

  role(role, name, options = {}) {
    return this.page.getByRole(role, { name, exact: typeof name === "string", ...options });
  }
  link(name) { return this.role("link", name).first(); }
  button(name) { return this.role("button", name).first(); }
  box(name) { return this.role("textbox", name).first(); }

  /// Clicks what leads to another page, and waits until that stands.
  async follow(target) {
    await Promise.all([this.page.waitForEvent("load"), target.click()]);
  }
  async press(name) { await this.follow(this.button(name)); }
  async open(name) { await this.follow(this.link(name)); }

  /// Clicks what opens beside, and goes on there.
  async beside(target) {
    const [popup] = await Promise.all([this.context.waitForEvent("page"), target.click()]);
    await popup.waitForLoadState();
    return popup;
  }

  /// Waits for the word after something was done.
  async told(text) {
    await this.page.getByRole("status").filter({ hasText: text }).first().waitFor();
  }
  async reads(text) {
    await this.page.getByText(text).first().waitFor();
  }

  /// Turns to the room's language, as a person does, by the link at the foot.
  async inOwnLanguage() {
    const now = await this.page.locator("html").getAttribute("lang");
    if (now !== this.room.lang) await this.open(this.room.lang === "ko" ? "한국어" : "English");
  }

  /// Signs in and goes there; who is signed in already only goes.
  async signIn(email, to = "/desk") {
    if (this.account === email) return this.goto(to);
    this.account = email;
    await this.goto(`/sign-in?next=${encodeURIComponent(to)}`);
    await this.box(this.t("web:field-email")).fill(email);
    await this.page.getByLabel(this.t("field-password"), { exact: true }).fill(this.room.server.password);
    await this.press(this.t("sign-in-button"));
  }

  /// Reloads until it is there: what comes by mail takes a moment.
  async reloadUntil(target) {
    const end = Date.now() + 20_000;
    for (;;) {
      if (await target().count()) return;
      if (Date.now() > end) throw new Error(`did not come: ${target()}`);
      await this.page.waitForTimeout(150);
      await this.page.reload();
    }
  }

  /// The checks that every page passes, and its picture.
  async look(name, { page = this.page, lang = this.room.lang, dark = false, mail = false, glance = false } = {}) {
    const { room } = this;
    if (room.camera) return room.camera(name, page);
    room.pages += 1;
    room.count += 1;
    const file = `${String(room.count).padStart(3, "0")}-${name}`;
    const where = `${name} (${page.url().replace(room.server.url, "")})`;
    const say = (text) => room.problem(`${where}: ${text}`);
    await page.evaluate(() => document.fonts?.ready.then(() => 0)).catch(() => 0);
    const seen = await page.evaluate(() => ({
      lang: document.documentElement.lang, wide: document.scrollingElement.scrollWidth, width: innerWidth,
      tables: [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1
        && !e.closest("pre, .visually-hidden, .table-scroll, svg, iframe") && getComputedStyle(e).position !== "absolute").slice(0, 3).map((e) => `${e.tagName.toLowerCase()}.${e.className}`),
    }));
    if (lang && seen.lang !== lang) say(`html lang is ${seen.lang}, not ${lang}`);
    if (seen.wide > seen.width) say(`scrolls sideways: ${seen.wide} px in ${seen.width} (${seen.tables.join(", ")})`);
    await page.evaluate(() => scrollTo(0, 0));
    const words = await page.locator("body").innerText();
    const raw = words.match(/(^|\s)([a-z]+-)+[a-z]+($|\s)/g)?.map((w) => w.trim()).filter((w) => isKey(w));
    if (raw?.length) say(`a text's key stands in the page: ${[...new Set(raw)].join(", ")}`);
    await page.screenshot({ path: path.join(room.folder, `${file}.png`), fullPage: true });
    // Another state of a page that is checked elsewhere in the story.
    if (glance) return;
    const checked = room.script ? page : await this.copy(page);
    await this.axe(checked, say, { mail });
    if (dark && room.dark) {
      await checked.emulateMedia({ colorScheme: "dark" });
      // The theme changes colours alone.
      await this.axe(checked, (text) => say(`dark: ${text}`), { mail, only: ["color-contrast", "link-in-text-block"] });
      await checked.screenshot({ path: path.join(room.folder, `${file}-dark.png`), fullPage: true });
      await checked.emulateMedia({ colorScheme: "light" });
    }
  }

  /// The mail that stands open, as its reader's program shows it.
  async lookAtMail(name) {
    const page = await this.context.newPage();
    await page.goto(`${this.page.url().split("?")[0]}/html`);
    const { script } = this.room;
    this.room.script = false; // The mail may run none: it is checked as a copy.
    await this.look(name, { page, lang: null, mail: true, dark: true });
    this.room.script = script;
    await page.close();
  }

  async axe(page, say, { mail, only }) {
    if (!only) await inTime("axe to load", page.evaluate(axe));
    const found = await inTime("axe to end", page.evaluate(async ({ mail, only }) => {
      // A mail has no landmarks, and its program shows the subject above it.
      const rules = mail ? Object.fromEntries(["region", "landmark-one-main", "page-has-heading-one"].map((rule) => [rule, { enabled: false }])) : {};
      const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"], iframes: false, rules, ...(only ? { runOnly: only } : {}) });
      return violations.flatMap((v) => v.nodes.map((n) => `axe ${v.id}: ${n.target.join(" ")} – ${n.failureSummary.replace(/\s+/g, " ").slice(0, 220)}`));
    }, { mail, only }));
    found.slice(0, 6).forEach(say);
    if (found.length > 6) say(`and ${found.length - 6} more`);
  }

  /// Where script is off: the same page, word for word, in a browser of the same person where axe can run.
  async copy(page) {
    if (!this.twin) {
      this.twin = await this.room.browser.newContext(this.options);
      // It is a picture of the page: its own script would read it again, or save what it holds.
      await this.twin.route(() => true, (route) => (route.request().resourceType() === "script" ? route.abort() : route.fallback()));
      this.twinPage = await this.twin.newPage();
    }
    await this.twin.addCookies(await this.context.cookies());
    const [url, body] = [page.url().split("#")[0], await page.content()];
    await this.twinPage.unrouteAll();
    await this.twinPage.route(url, (route) => route.fulfill({ body, contentType: "text/html; charset=utf-8" }));
    await this.twinPage.goto(url);
    return this.twinPage;
  }
}

const keys = new Set();
for (const lang of ["ko", "en"]) for (const key of texts(lang).keys()) keys.add(key);
const isKey = (word) => keys.has(word);
