// Safe Markdown in the page. Rendered once per text, and once more when the colours of its code have come: parsing is the
// dearest thing a chat does.

import { html, memo, useMemo } from "../lib.js";
import { copyText } from "../clipboard.js";
import { languagesLoaded } from "../highlight.js";
import { renderMarkdown } from "../markdown.js";

/** How long a button says that it has done it. */
const SAID_MS = 2_000;

/** @param {{ text: string }} props */
function View({ text }) {
  const colours = /^ *(```|~~~)/m.test(text) ? languagesLoaded.value : 0;
  const safe = useMemo(() => renderMarkdown(text), [text, colours]);
  return html`<div class="md" onClick=${copyCode} dangerouslySetInnerHTML=${{ __html: safe }}></div>`;
}

export const MarkdownView = memo(View);

/** The buttons are part of the rendered text and no components; their clicks arrive here. @param {MouseEvent} event */
async function copyCode(event) {
  const button = /** @type {Element} */ (event.target).closest(".copy-code");
  const code = button?.parentElement?.querySelector("code");
  if (!button || !code) return;
  button.textContent = await copyText(code.textContent ?? "") ? "Copied" : "Not copied";
  setTimeout(() => { button.textContent = "Copy"; }, SAID_MS);
}
