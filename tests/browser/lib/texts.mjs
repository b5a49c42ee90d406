// The texts of the pages, read from the Fluent files, so that a story clicks what a person reads.

import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";

const crates = path.resolve(import.meta.dirname, "../../../crates");

function parse(source) {
  const found = new Map();
  let key = null;
  for (const line of source.split("\n")) {
    const head = /^([a-z][\w-]*) = ?(.*)$/.exec(line);
    if (head) {
      key = head[1];
      found.set(key, head[2]);
    } else if (key && /^\s+\S/.test(line)) {
      found.set(key, `${found.get(key)}\n${line.trim()}`);
    } else if (key && /^}/.test(line)) {
      found.set(key, `${found.get(key)}\n${line.trim()}`);
    } else if (!line.startsWith("#") && line.trim() === "") {
      key = null;
    }
  }
  return found;
}

function choose(name, variants, args) {
  const value = args[name];
  const one = (tag) => new RegExp(`\\*?\\[${tag}\\]\\s*([^\\n]*)`).exec(variants)?.[1].trim();
  const plural = Number(value) === 1 ? one("one") : undefined;
  const picked = one(String(value)) ?? plural ?? /\*\[\w+\]\s*([^\n]*)/.exec(variants)?.[1].trim();
  if (picked === undefined) throw new Error(`no variant for ${name} in ${variants}`);
  return fill(picked, args);
}

function fill(pattern, args) {
  return pattern
    .replace(/\{\s*\$(\w+)\s*->((?:[^{}]|\{[^{}]*\})*)\}/g, (_, name, variants) => choose(name, variants, args))
    .replace(/\{"((?:[^"\\]|\\.)*)"\}/g, "$1")
    .replace(/\{\s*\$(\w+)\s*\}/g, (_, name) => {
      if (!(name in args)) throw new Error(`the text wants ${name}: ${pattern}`);
      return String(args[name]);
    })
    .trim();
}

/// All texts of one language: `t("key", {n: 3})`, or `t("file:key")` where two files say it differently.
export function texts(lang) {
  const files = [];
  for (const crate of readdirSync(crates)) {
    const folder = path.join(crates, crate, "locales", lang);
    let names = [];
    try {
      names = readdirSync(folder);
    } catch {
      continue;
    }
    for (const name of names) files.push([name.replace(/\.ftl$/, ""), parse(readFileSync(path.join(folder, name), "utf8"))]);
  }
  const t = (asked, args = {}) => {
    const [file, key] = asked.includes(":") ? asked.split(":") : [null, asked];
    const found = files.filter(([name]) => !file || name === file).filter(([, texts]) => texts.has(key));
    const patterns = new Set(found.map(([, texts]) => texts.get(key)));
    if (patterns.size === 0) throw new Error(`there is no text ${asked} in ${lang}`);
    if (patterns.size > 1) throw new Error(`${asked} is said differently in ${found.map(([name]) => name).join(", ")}`);
    return fill([...patterns][0], args);
  };
  t.keys = () => files.flatMap(([, texts]) => [...texts.keys()]);
  return t;
}

/// A text as a pattern: what its arguments become is left open.
export function pattern(t, key, names, extra = "") {
  const marks = Object.fromEntries(names.map((name, at) => [name, `\u0001${at}\u0001`]));
  const escaped = t(key, marks).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(escaped.replace(/\u0001\d\u0001/g, "(.+)") + extra);
}
