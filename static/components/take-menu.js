// The steps to take along: as a file, or on the clipboard. The filter applies.

import { html } from "../lib.js";
import { isEmpty } from "../filter.js";
import { filter, menu } from "../store.js";
import { copyLog, downloadAddress } from "../take.js";
import { Icon } from "./icon.js";
import { Popover } from "./popover.js";

export function TakeMenu() {
  return html`
    <${Popover} name="take" icon="download" label="Save" title="Save or copy the steps">
      <${Ways} />
    <//>`;
}

function Ways() {
  const close = () => { menu.value = null; };
  const what = isEmpty(filter.value) ? "Everything that happened in this project" : "Everything in this project that the filter lets through";
  return html`
    <p class="hint">${what}, the oldest first.</p>
    <ul class="ways">
      <li><a class="way" href=${downloadAddress("markdown")} download onClick=${close}><${Icon} name="file" /><span><b>Download to read</b><small>Markdown: headings, times, texts</small></span></a></li>
      <li><a class="way" href=${downloadAddress("jsonl")} download onClick=${close}><${Icon} name="list" /><span><b>Download for programs</b><small>JSON lines: one entry a line, with all its data</small></span></a></li>
      <li><button type="button" class="way" onClick=${() => { close(); void copyLog(); }}><${Icon} name="copy" /><span><b>Copy as text</b><small>Markdown, to paste elsewhere</small></span></button></li>
    </ul>`;
}
