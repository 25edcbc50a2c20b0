// Safe Markdown in the page. Rendered once per text: parsing is the dearest thing a chat does.

import { html, memo, useMemo } from "../lib.js";
import { renderMarkdown } from "../markdown.js";

/** @param {{ text: string }} props */
function View({ text }) {
  const safe = useMemo(() => renderMarkdown(text), [text]);
  return html`<div class="md" dangerouslySetInnerHTML=${{ __html: safe }}></div>`;
}

export const MarkdownView = memo(View);
