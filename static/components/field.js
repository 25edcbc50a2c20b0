// One labelled input or choice, with its hint and what is wrong with it.

import { html, useId } from "../lib.js";

/**
 * @param {{ label: string, name: string, value: string, error?: string, hint?: string, placeholder?: string, optional?: boolean,
 *   mono?: boolean, multiline?: boolean, onInput: (value: string) => void }} props
 */
export function Field({ label, name, value, error, hint, placeholder, optional, mono, multiline, onInput }) {
  const id = useId();
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  const common = {
    id, name, value, placeholder, class: mono ? "input mono" : "input", autocomplete: "off", spellcheck: !mono,
    "aria-invalid": error ? "true" : undefined, "aria-describedby": notes || undefined,
    onInput: (/** @type {any} */ event) => onInput(event.target.value),
  };
  return html`
    <div class="field">
      <label for=${id}>${label}${optional && html` <span class="optional">optional</span>`}</label>
      ${multiline ? html`<textarea rows="2" ...${common}></textarea>` : html`<input type="text" ...${common} />`}
      ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
      ${error && html`<p class="field-error" id=${`${id}-error`} role="alert">${error}</p>`}
    </div>`;
}

/**
 * One labelled choice.
 * @param {{ label: string, name: string, value: string, error?: string, options: { value: string, label: string }[], onInput: (value: string) => void }} props
 */
export function Choice({ label, name, value, error, options, onInput }) {
  const id = useId();
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      <select id=${id} name=${name} class="input" value=${value} aria-invalid=${error ? "true" : undefined}
        aria-describedby=${error ? `${id}-error` : undefined} onInput=${(/** @type {any} */ event) => onInput(event.target.value)}>
        ${options.map((option) => html`<option key=${option.value} value=${option.value} selected=${option.value === value}>${option.label}</option>`)}
      </select>
      ${error && html`<p class="field-error" id=${`${id}-error`} role="alert">${error}</p>`}
    </div>`;
}
