// `?`: the keys, and the way to turn the single letters off.

import { html } from "../lib.js";
import { LETTERS, OTHERS } from "../shortcuts.js";
import { closeDialog, hasLetterKeys, setLetterKeys } from "../store.js";
import { Icon } from "./icon.js";
import { Modal } from "./modal.js";

export function KeyHelp() {
  const isOn = hasLetterKeys.value;
  return html`
    <${Modal} labelledBy="keys-title" kind="key-help">
      <header><h2 id="keys-title">Keyboard shortcuts</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick=${closeDialog}><${Icon} name="close" /></button></header>
      <div class="dialog-body">
        <dl class="key-list">${OTHERS.map(Line)}</dl>
        <dl class="key-list" data-off=${!isOn || undefined}>${LETTERS.map(Line)}</dl>
        <label class="switch"><input type="checkbox" checked=${isOn} onChange=${(/** @type {any} */ e) => setLetterKeys(e.target.checked)} />
          <span>Single keys do these things while you are not writing</span></label>
      </div>
    <//>`;
}

/** @param {{ keys: string[], words: string }} line */
function Line({ keys, words }) {
  return html`<div><dt>${keys.map((key) => html`<kbd>${key.length === 1 ? key.toUpperCase() : key}</kbd>`)}</dt><dd>${words}</dd></div>`;
}
