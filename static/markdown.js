// Markdown from people, agents and repositories, made safe to show. Three walls: raw HTML is shown as the text it
// is, what Markdown makes of the rest passes a list of allowed tags, and the page's content security policy runs
// nothing that came through anyway.

import { highlighted } from "./highlight.js";
import { DOMPurify, Marked } from "./lib.js";

const ALLOWED_TAGS = [
  "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "input", "li", "ol", "p", "pre",
  "strong", "table", "tbody", "td", "th", "thead", "tr", "ul", "div", "span", "button",
];
const ALLOWED_ATTR = ["href", "title", "target", "rel", "class", "align", "start", "type", "checked", "disabled", "tabindex"];

/** @param {string} text */
export function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Only addresses that lead out of this page: a relative one would point into the server's own paths. @param {string} href */
export function isOutside(href) {
  return /^(https?:|mailto:)/i.test(href.trim());
}

const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    html({ text }) { return escapeHtml(text); },
    // Below the page's own: its title and the names of its parts.
    heading({ tokens, depth }) {
      const level = Math.min(depth + 2, 6);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
    link({ href, tokens }) {
      const label = this.parser.parseInline(tokens);
      return isOutside(href) ? `<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer">${label}</a>` : label;
    },
    // A picture would make the browser call a stranger; its description and its address are enough.
    image({ href, text }) {
      const label = escapeHtml(text || href);
      return isOutside(href) ? `<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer">${label}</a>` : label;
    },
    // It scrolls by itself where a line is too long, also with the keyboard; the button is wired up by who shows it.
    code({ text, lang }) {
      const inner = highlighted(text, lang) ?? escapeHtml(text);
      return `<div class="code"><pre tabindex="0"><code>${inner}</code></pre><button type="button" class="copy-code">Copy</button></div>`;
    },
    table(token) {
      const inner = Object.getPrototypeOf(this).table.call(this, token);
      return `<div class="md-table" tabindex="0">${inner}</div>`;
    },
  },
});

/** @param {string} text @returns {string} HTML that is safe to put into the page */
export function renderMarkdown(text) {
  const html = /** @type {string} */ (marked.parse(text, { async: false }));
  return DOMPurify.sanitize(html, { ALLOWED_TAGS, ALLOWED_ATTR, ALLOW_DATA_ATTR: false, ALLOW_ARIA_ATTR: false });
}
