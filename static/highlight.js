// Colours for code. The highlighter is loaded when there is code to colour, and each language when it first stands in a
// message; until then, and for a language that is not known, the code is shown as it is. This file alone imports the
// highlighter and its languages; what comes out is HTML with classes and no styles of its own.

import { signal } from "./lib.js";

/** More than this is not coloured: it would hold up the page, and nobody reads it word by word. */
const CHARS_MAX = 40_000;

/** @type {Record<string, () => Promise<{ default: any }>>} */
const LANGUAGES = {
  bash: () => import("./vendor/highlight/bash.js"),
  c: () => import("./vendor/highlight/c.js"),
  cpp: () => import("./vendor/highlight/cpp.js"),
  csharp: () => import("./vendor/highlight/csharp.js"),
  css: () => import("./vendor/highlight/css.js"),
  diff: () => import("./vendor/highlight/diff.js"),
  dockerfile: () => import("./vendor/highlight/dockerfile.js"),
  go: () => import("./vendor/highlight/go.js"),
  ini: () => import("./vendor/highlight/ini.js"),
  java: () => import("./vendor/highlight/java.js"),
  javascript: () => import("./vendor/highlight/javascript.js"),
  json: () => import("./vendor/highlight/json.js"),
  makefile: () => import("./vendor/highlight/makefile.js"),
  markdown: () => import("./vendor/highlight/markdown.js"),
  php: () => import("./vendor/highlight/php.js"),
  python: () => import("./vendor/highlight/python.js"),
  ruby: () => import("./vendor/highlight/ruby.js"),
  rust: () => import("./vendor/highlight/rust.js"),
  sql: () => import("./vendor/highlight/sql.js"),
  typescript: () => import("./vendor/highlight/typescript.js"),
  xml: () => import("./vendor/highlight/xml.js"),
  yaml: () => import("./vendor/highlight/yaml.js"),
};

/** What people write behind the backticks instead. @type {Record<string, string>} */
const OTHER_NAMES = {
  sh: "bash", shell: "bash", zsh: "bash", h: "c", "c++": "cpp", hpp: "cpp", cs: "csharp", patch: "diff", docker: "dockerfile", golang: "go",
  toml: "ini", js: "javascript", jsx: "javascript", mjs: "javascript", jsonc: "json", make: "makefile", md: "markdown", py: "python",
  rb: "ruby", rs: "rust", ts: "typescript", tsx: "typescript", html: "xml", svg: "xml", vue: "xml", yml: "yaml",
};

/** What may stand inside of it. @type {Record<string, string[]>} */
const INSIDE = { xml: ["css", "javascript"], markdown: ["xml"], php: ["xml"], dockerfile: ["bash"] };

/** How many languages are there: who has shown code that was waiting for its colours reads it, and so is drawn again. */
export const languagesLoaded = signal(0);

/** @type {import("highlight.js").HLJSApi | null} */
let highlighter = null;
/** @type {Set<string>} */
const asked = new Set();

/** The language that is meant, by the name this file has for it. @param {string | undefined} info what stands behind the backticks */
export function languageOf(info) {
  const name = (info ?? "").trim().split(/[\s,{]/, 1)[0].toLowerCase();
  const known = OTHER_NAMES[name] ?? name;
  return Object.hasOwn(LANGUAGES, known) ? known : null;
}

/**
 * The code as HTML with colours, or null as long as there are none. Then they are on their way, if there will be any.
 * @param {string} code @param {string | undefined} info
 */
export function highlighted(code, info) {
  const language = languageOf(info);
  if (language === null || code.length > CHARS_MAX) return null;
  if (highlighter?.getLanguage(language)) return highlighter.highlight(code, { language, ignoreIllegals: true }).value;
  if (!asked.has(language)) void load(language);
  return null;
}

/** @param {string} language */
async function load(language) {
  asked.add(language);
  const wanted = [language, ...(INSIDE[language] ?? [])];
  try {
    const [core, ...found] = await Promise.all([import("./vendor/highlight/core.js"), ...wanted.map((name) => LANGUAGES[name]())]);
    highlighter = core.default;
    wanted.forEach((name, i) => highlighter?.registerLanguage(name, found[i].default));
    languagesLoaded.value++;
  } catch {
    // The server is away: the code stays as it is, and the next message with such code asks again.
    asked.delete(language);
  }
}
