// Passkeys: the browser makes or uses one, and the form of the page sends what it says.

import { all } from "./dom.js";

const supported = window.PublicKeyCredential?.parseRequestOptionsFromJSON !== undefined;

async function options(form) {
  if (form.dataset.passkey !== "sign-in") return JSON.parse(form.querySelector("#passkey-options").textContent);
  const headers = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };
  const response = await fetch(form.action, { headers });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return (await response.json()).request_options;
}

async function made(form, { publicKey }) {
  const alone = form.elements.passwordless?.checked ?? false;
  const selection = {
    ...publicKey.authenticatorSelection,
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    userVerification: alone ? "required" : "preferred",
  };
  const wanted = { ...publicKey, authenticatorSelection: selection };
  return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(wanted) });
}

async function used({ publicKey }) {
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
}

async function send(form) {
  const refused = form.querySelector("[data-refused]");
  refused.hidden = true;
  try {
    const given = await options(form);
    const credential = form.dataset.passkey === "create" ? await made(form, given) : await used(given);
    form.elements.credential.value = JSON.stringify(credential);
  } catch {
    refused.hidden = false;
    return;
  }
  form.submit();
}

for (const form of all("form[data-passkey]")) {
  form.querySelector("[data-unsupported]").hidden = supported;
  form.querySelector("button").disabled = !supported;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}
