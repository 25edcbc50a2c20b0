// The dialog that makes a project or changes one. What the server has against a value is said beside its field.

import { html, useRef, useState } from "../lib.js";
import { changeProject, createProject } from "../actions.js";
import { AGENT_BACKEND, faultsOf, formOf, newsOf } from "../agent-settings.js";
import { plainName } from "../repositories.js";
import { newId } from "../storage.js";
import { closeDialog, dialog, dialogAbout, state } from "../store.js";
import { AgentFields } from "./agent-fields.js";
import { Dialog, focusField } from "./dialog.js";
import { Choice, Field } from "./field.js";
import { RepositoryField } from "./repository-field.js";

const FIELDS = ["name", "description", "workspace_path", "github_repo_url", "backend"];

/** @param {{ project?: any }} props the project to change; a new one is made without */
export function ProjectDialog({ project }) {
  const [values, setValues] = useState(/** @type {Record<string, string>} */ (
    Object.fromEntries(FIELDS.map((name) => [name, project?.[name] ?? ""]))));
  const [errors, setErrors] = useState(/** @type {Record<string, string>} */ ({}));
  const [problem, setProblem] = useState(/** @type {string | null} */ (null));
  const [isBusy, setBusy] = useState(false);
  const key = useRef(newId());
  const [agent, setAgent] = useState(() => formOf(project?.agent));
  const { setup } = state.value;
  // A new project has them once it is there.
  const asksAgent = project && (values.backend || setup?.backend.name) === AGENT_BACKEND && (setup?.backends ?? []).some(({ name }) => name === AGENT_BACKEND);
  const hasAgent = (state.value.setup?.backends ?? []).length > 1;

  const body = useRef(/** @type {HTMLElement | null} */ (null));
  const focusOn = (/** @type {string | undefined} */ name) => focusField(body.current, name);
  // The new project's composer is where one goes on, not the button that opened this.
  const returnsFocus = useRef(true);

  const fill = (/** @type {Record<string, string>} */ news) => {
    // Another content is another request: the old key would bring back the first answer.
    key.current = newId();
    setValues((old) => ({ ...old, ...news }));
    setErrors((old) => ({ ...old, ...Object.fromEntries(Object.keys(news).map((name) => [name, ""])) }));
  };
  const bind = (/** @type {string} */ name) => ({
    name, value: values[name] ?? "", error: errors[name], onInput: (/** @type {string} */ value) => fill({ [name]: value }),
  });
  const choose = (/** @type {import("../repositories.js").Repository} */ one) => fill({
    github_repo_url: one.url,
    // What somebody has written is theirs.
    ...(!values.name.trim() && { name: plainName(one) }), ...(!values.description.trim() && one.description && { description: one.description }),
  });

  const changeAgent = (/** @type {import("../agent-settings.js").AgentForm} */ form) => {
    setAgent(form);
    setErrors({});
  };

  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const given = Object.fromEntries(FIELDS.map((name) => [name, (values[name] ?? "").trim()]));
    if (!given.name) {
      setErrors({ name: "Give the project a name." });
      return focusOn("name");
    }
    const faults = asksAgent ? faultsOf(agent) : {};
    if (Object.keys(faults).length > 0) {
      setErrors(faults);
      return focusOn(Object.keys(faults)[0]);
    }
    // What was not touched is not sent: a folder that is gone by now must not keep a name from being changed.
    const isNews = (/** @type {string} */ name) => project ? given[name] !== (project[name] ?? "") : given[name] || name === "name";
    const news = asksAgent ? newsOf(agent, project.agent) : null;
    const body = { ...Object.fromEntries(FIELDS.filter(isNews).map((name) => [name, given[name]])), ...(news && { agent: news }) };
    setBusy(true);
    const failure = project ? await changeProject(project.id, body) : await createProject(body, key.current);
    setBusy(false);
    if (!failure) {
      returnsFocus.current = Boolean(project);
      return closeDialog();
    }
    const known = failure.errors.map((e) => e.field === "agent" ? { ...e, field: "agent.command" } : e)
      .filter((e) => FIELDS.includes(e.field) || (asksAgent && /^agent\.(command|permissions|env)/.test(e.field)));
    const byField = Object.fromEntries(known.map((e) => [e.field, e.message]));
    setErrors(byField);
    setProblem(known.length > 0 ? null : failure.message);
    focusOn(known[0]?.field);
  };

  const askToDelete = () => {
    dialogAbout.value = { projectId: project.id };
    dialog.value = "delete";
  };

  return html`
    <${Dialog} title=${project ? "Project settings" : "New project"} onClose=${closeDialog} onSubmit=${submit} begin=${dialogAbout.value?.field ?? "name"}
      returnsFocus=${() => returnsFocus.current} footer=${html`
        ${project && html`<button type="button" class="link bad" onClick=${askToDelete}>Delete this project…</button>`}
        <button type="button" class="button" onClick=${closeDialog}>Cancel</button>
        <button type="submit" class="button primary" disabled=${isBusy}>${isBusy ? "Saving…" : project ? "Save" : "Create project"}</button>`}>
      <div class="fields" ref=${body}>
        ${problem && html`<div class="strip" data-tone="bad" role="alert"><p>${problem}</p></div>`}
        <${Field} label="Name" ...${bind("name")} placeholder="Web shop" />
        <${Field} label="Folder with the code" mono optional=${hasAgent} ...${bind("workspace_path")} placeholder="/home/you/web-shop"
          hint="Its full path on the machine where Project Manager runs. It is kept with git." />
        <${Field} label="Description" optional multiline ...${bind("description")} placeholder="What this project is about" />
        <${RepositoryField} ...${bind("github_repo_url")} own=${project?.id} onChoose=${choose} />
        <${Backend} ...${bind("backend")} />
        ${asksAgent && html`<${AgentFields} form=${agent} errors=${errors} onChange=${changeAgent} />`}
      </div>
    <//>`;
}

/** Where the project's commands run; asked only where there is a choice. @param {any} props */
function Backend(props) {
  const { setup } = state.value;
  const backends = setup?.backends ?? [];
  if (backends.length < 2 && !props.value) return null;
  const usual = backends.find((/** @type {any} */ one) => one.name === setup?.backend.name)?.label ?? "the usual place";
  const options = [{ value: "", label: `As usual: ${usual}` }, ...backends.map((/** @type {any} */ one) => ({ value: one.name, label: one.label }))];
  if (props.value && !options.some(({ value }) => value === props.value)) options.push({ value: props.value, label: `${props.value} (not connected)` });
  return html`<${Choice} label="Where its commands run" options=${options} ...${props} />`;
}
