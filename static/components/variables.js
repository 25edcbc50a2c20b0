// The environment of a coding agent: names one can see, values one can only write.

import { html, useId } from "../lib.js";
import { withVariable } from "../agent-settings.js";
import { newId } from "../storage.js";
import { Icon } from "./icon.js";

/**
 * @param {{ form: import("../agent-settings.js").AgentForm, errors: Record<string, string>, onChange: (form: import("../agent-settings.js").AgentForm) => void,
 *   change: (key: string, news: Partial<import("../agent-settings.js").Variable>) => void }} props
 */
export function Variables({ form, errors, onChange, change }) {
  const said = Object.entries(errors).find(([name, words]) => words && name.startsWith("agent.env"))?.[1];
  return html`
    <fieldset class="field variables">
      <legend>Its environment</legend>
      <p class="hint">Keys it needs, for instance. They are kept on the server, handed to the coding agent, and never shown again.</p>
      ${form.env.length > 0 && html`<ul>${form.env.map((line) => html`<${Line} key=${line.key} line=${line} error=${errors[line.key]} change=${(/** @type {any} */ news) => change(line.key, news)} />`)}</ul>`}
      ${said && html`<p class="field-error" role="alert">${said}</p>`}
      <button type="button" class="link" onClick=${() => onChange(withVariable(form, newId()))}>Add a variable</button>
    </fieldset>`;
}

/** @param {{ line: import("../agent-settings.js").Variable, error?: string, change: (news: Partial<import("../agent-settings.js").Variable>) => void }} props */
function Line({ line, error, change }) {
  const id = useId();
  const { name, value, isStored, isGone } = line;
  if (isGone) {
    return html`<li class="variable"><span class="variable-name">${name}</span><span class="hint">is removed when you save</span>
      <button type="button" class="link" aria-label=${`Keep ${name}`} onClick=${() => change({ isGone: false })}>Keep</button></li>`;
  }
  if (isStored && value === null) {
    return html`<li class="variable"><span class="variable-name">${name}</span><span class="hint" title="Its value is kept and not shown">set</span>
      <button type="button" class="link" aria-label=${`Replace the value of ${name}`} onClick=${() => change({ value: "" })}>Replace…</button>
      <button type="button" class="icon-button" aria-label=${`Remove ${name}`} title=${`Remove ${name}`} onClick=${() => change({ isGone: true })}><${Icon} name="trash" /></button></li>`;
  }
  const begin = (/** @type {HTMLInputElement | null} */ el) => { if (el && !el.dataset.begun) { el.dataset.begun = "true"; el.focus(); } };
  const common = { autocomplete: "off", autocapitalize: "off", spellcheck: false, "aria-describedby": error ? `${id}-error` : undefined };
  return html`
    <li class="variable">
      ${isStored ? html`<span class="variable-name">${name}</span>`
        : html`<input type="text" class="input mono" name=${line.key} ref=${begin} ...${common} aria-label="Name" placeholder="ANTHROPIC_API_KEY" value=${name} aria-invalid=${error ? "true" : undefined} onInput=${(/** @type {any} */ e) => change({ name: e.target.value })} />`}
      <input type="password" class="input mono" ref=${isStored ? begin : undefined} ...${common} autocomplete="new-password" aria-label=${isStored ? `New value of ${name}` : "Value"} placeholder="Value" value=${value} onInput=${(/** @type {any} */ e) => change({ value: e.target.value })} />
      <button type="button" class="icon-button" aria-label=${isStored ? `Keep the value of ${name}` : name ? `Remove ${name}` : "Remove this line"} title=${isStored ? "Keep the old value" : "Remove"}
        onClick=${() => change(isStored ? { value: null } : { isGone: true })}><${Icon} name="close" /></button>
      ${error && html`<p class="field-error" id=${`${id}-error`} role="alert">${error}</p>`}
    </li>`;
}
