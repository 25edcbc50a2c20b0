// How a project uses a coding agent on the server's machine, as it is filled in: what is changed, and what is wrong with it.
// Values of its environment may be keys: they go to the server and never come back. Pure.

/**
 * As on the wire, with the names of its environment alone; and a line of the form: `value` is null while it is not touched.
 * @typedef {{ command: string | null, env: string[], permissions: string | null }} AgentSettings
 * @typedef {{ key: string, name: string, value: string | null, isStored: boolean, isGone: boolean }} Variable
 * @typedef {{ command: string, permissions: string, env: Variable[] }} AgentForm
 */

/** The backend these settings are for. */
export const AGENT_BACKEND = "acp";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** @param {AgentSettings | null | undefined} agent @returns {AgentForm} */
export function formOf(agent) {
  const env = (agent?.env ?? []).map((name) => ({ key: name, name, value: null, isStored: true, isGone: false }));
  return { command: agent?.command ?? "", permissions: agent?.permissions ?? "", env };
}

/** @param {AgentForm} form @param {string} key of the new line @returns {AgentForm} */
export function withVariable(form, key) {
  return { ...form, env: [...form.env, { key, name: "", value: "", isStored: false, isGone: false }] };
}

/** The form with a line changed; one that was never stored and goes is gone. @param {AgentForm} form @param {string} key @param {Partial<Variable>} change @returns {AgentForm} */
export function withChanged(form, key, change) {
  const env = form.env.map((one) => one.key === key ? { ...one, ...change } : one);
  return { ...form, env: env.filter((one) => one.isStored || !one.isGone) };
}

/** What is to be sent; null when nothing was changed. @param {AgentForm} form @param {AgentSettings | null | undefined} agent as it is stored */
export function newsOf(form, agent) {
  /** @type {{ command?: string | null, permissions?: string | null, env?: Record<string, string | null> }} */
  const news = {};
  const command = form.command.trim() || null;
  if (command !== (agent?.command ?? null)) news.command = command;
  if ((form.permissions || null) !== (agent?.permissions ?? null)) news.permissions = form.permissions || null;
  const env = Object.fromEntries(form.env.filter(isNews).map((one) => [one.name.trim(), one.isGone ? null : one.value]));
  if (Object.keys(env).length > 0) news.env = env;
  return Object.keys(news).length > 0 ? news : null;
}

/** Which lines cannot be so, by their keys. @param {AgentForm} form @returns {Record<string, string>} */
export function faultsOf(form) {
  /** @type {Record<string, string>} */
  const faults = {};
  for (const one of form.env.filter((line) => !line.isStored && !isEmpty(line))) {
    const name = one.name.trim();
    if (!NAME.test(name)) faults[one.key] = name ? "A name has letters, digits and underscores, and does not begin with a digit." : "Give it a name.";
    else if (form.env.some((other) => other !== one && !other.isGone && other.name.trim() === name)) faults[one.key] = `${name} is there already.`;
  }
  return faults;
}

/** @param {Variable} line */
const isNews = (line) => line.isStored ? line.isGone || Boolean(line.value) : !isEmpty(line);

/** @param {Variable} line */
const isEmpty = ({ name, value }) => !name.trim() && !value;
