// The dialog that makes a project. What the server has against a value is said beside its field.

import { html, useEffect, useRef, useState } from "../lib.js";
import { createProject } from "../actions.js";
import { newId } from "../storage.js";
import { isCreating } from "../store.js";
import { Field } from "./field.js";
import { Icon } from "./icon.js";

const FIELDS = ["name", "description", "workspace_path", "github_repo_url"];

export function CreateProject() {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const [values, setValues] = useState(/** @type {Record<string, string>} */ ({}));
  const [errors, setErrors] = useState(/** @type {Record<string, string>} */ ({}));
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const key = useRef(newId());

  const opener = useRef(/** @type {Element | null} */ (null));
  const focusOn = (/** @type {string | undefined} */ name) => /** @type {HTMLElement | null} */ (dialog.current?.querySelector(`[name="${name}"]`))?.focus();

  useEffect(() => {
    opener.current = document.activeElement;
    dialog.current?.showModal();
    focusOn("name");
    return () => /** @type {HTMLElement | null} */ (opener.current)?.focus();
  }, []);

  const close = () => { isCreating.value = false; };
  const bind = (/** @type {string} */ name) => ({
    name, value: values[name] ?? "", error: errors[name],
    onInput: (/** @type {string} */ value) => {
      // Another content is another request: the old key would bring back the first answer.
      key.current = newId();
      setValues((old) => ({ ...old, [name]: value }));
      setErrors((old) => ({ ...old, [name]: "" }));
    },
  });

  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const body = Object.fromEntries(FIELDS.map((name) => [name, (values[name] ?? "").trim()]).filter(([name, value]) => value || name === "name"));
    if (!body.name) {
      setErrors({ name: "Give the project a name." });
      return focusOn("name");
    }
    setBusy(true);
    const failure = await createProject(body, key.current);
    setBusy(false);
    if (!failure) {
      // The new project's composer is where one goes on, not the button that opened this.
      opener.current = null;
      return close();
    }
    const known = failure.errors.filter((e) => FIELDS.includes(e.field));
    const byField = Object.fromEntries(known.map((e) => [e.field, e.message]));
    setErrors(byField);
    setProblem(known.length > 0 ? null : failure.message);
    focusOn(known[0]?.field);
  };

  return html`
    <dialog class="dialog" ref=${dialog} aria-labelledby="create-title" onClose=${close}
      onPointerDown=${(/** @type {Event} */ e) => { if (e.target === dialog.current) close(); }}>
      <form method="dialog" onSubmit=${submit} novalidate>
        <header><h2 id="create-title">New project</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick=${close}><${Icon} name="close" /></button></header>
        <div class="dialog-body">
          ${problem && html`<div class="strip" data-tone="bad" role="alert"><p>${problem}</p></div>`}
          <${Field} label="Name" ...${bind("name")} placeholder="Web shop" />
          <${Field} label="Folder of the git checkout" mono ...${bind("workspace_path")} placeholder="/home/you/web-shop"
            hint="Its full path on the machine where Project Manager runs." />
          <${Field} label="Description" optional multiline ...${bind("description")} placeholder="What this project is about" />
          <${Field} label="GitHub address" optional mono ...${bind("github_repo_url")} placeholder="https://github.com/you/web-shop" />
        </div>
        <footer>
          <button type="button" class="button" onClick=${close}>Cancel</button>
          <button type="submit" class="button primary" disabled=${isBusy}>${isBusy ? "Creating…" : "Create project"}</button>
        </footer>
      </form>
    </dialog>`;
}
