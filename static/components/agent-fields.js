// How the coding agent works in one project: what it may do without asking, and, folded away, how it is started.

import { html, useEffect, useId, useState } from "../lib.js";
import { withChanged } from "../agent-settings.js";
import { Field } from "./field.js";
import { Variables } from "./variables.js";

/** @type {{ value: string, label: string, hint: string }[]} */
const PERMISSIONS = [
  { value: "ask", label: "Ask me each time", hint: "It waits for your answer before it does anything it asks about." },
  { value: "reading", label: "Read and search", hint: "It looks at files as it likes, and asks before it changes or runs something." },
  { value: "worktree", label: "Everything in its own copy", hint: "It works in a copy of the project and asks nothing there. Your own folder stays as it is." },
  { value: "", label: "As usual on this server", hint: "What whoever runs the server has set for all projects." },
];

/**
 * @param {{ form: import("../agent-settings.js").AgentForm, errors: Record<string, string>, onChange: (form: import("../agent-settings.js").AgentForm) => void }} props
 *   `errors` by field, and by the key of a variable
 */
export function AgentFields({ form, errors, onChange }) {
  const isWrong = Object.keys(errors).some((name) => errors[name] && (/^agent\.(command|env)/.test(name) || form.env.some(({ key }) => key === name)));
  const [isOpen, setOpen] = useState(form.command !== "" || form.env.length > 0);
  useEffect(() => { if (isWrong) setOpen(true); }, [isWrong]);
  return html`
    <fieldset class="field choices">
      <legend>What may the coding agent do without asking?</legend>
      ${PERMISSIONS.map((one) => html`<${Permission} key=${one.value} ...${one} isChosen=${form.permissions === one.value} onChoose=${() => onChange({ ...form, permissions: one.value })} />`)}
      ${errors["agent.permissions"] && html`<p class="field-error" role="alert">${errors["agent.permissions"]}</p>`}
    </fieldset>
    <details class="field more-fields" open=${isOpen} onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}>
      <summary>How it is started</summary>
      <div class="fields">
        <${Field} label="Its command line" optional mono name="agent.command" value=${form.command} error=${errors["agent.command"]} placeholder="npx @zed-industries/claude-code-acp"
          hint="A coding agent that speaks the Agent Client Protocol. Without one, the server's own is used." onInput=${(/** @type {string} */ command) => onChange({ ...form, command })} />
        <${Variables} form=${form} errors=${errors} onChange=${onChange} change=${(/** @type {string} */ key, /** @type {any} */ news) => onChange(withChanged(form, key, news))} />
      </div>
    </details>`;
}

/** @param {{ value: string, label: string, hint: string, isChosen: boolean, onChoose: () => void }} props */
function Permission({ value, label, hint, isChosen, onChoose }) {
  const id = useId();
  return html`
    <div class="choice">
      <input type="radio" id=${id} name="agent.permissions" value=${value} checked=${isChosen} aria-describedby=${`${id}-hint`} onChange=${onChoose} />
      <div><label for=${id}>${label}</label><p class="hint" id=${`${id}-hint`}>${hint}</p></div>
    </div>`;
}
