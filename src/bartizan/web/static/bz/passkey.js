// Passkeys (WebAuthn). A form with data-passkey="create" or "get" asks the browser for one, puts the answer into its
// field "credential" and goes on as an ordinary form. The options come from the page (#js_data) or from data-options.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const SAID = {
  NotAllowedError: "The browser stopped it, or it took too long. Try again when you are ready.",
  InvalidStateError: "This device already has a passkey for this account.",
  NotSupportedError: "This device cannot keep a passkey. Use another one, or an authenticator app.",
  SecurityError: "Passkeys need the console to be open under its name, over HTTPS or as localhost.",
};

async function options(form) {
  const told = document.querySelector("#js_data");
  if (!form.dataset.options) return JSON.parse(told.textContent);
  const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
  if (!answer.ok) throw new Error("The console did not answer. Load the page again.");
  return answer.json();
}

async function created({ publicKey }) {
  publicKey.challenge = bytes(publicKey.challenge);
  publicKey.user.id = bytes(publicKey.user.id);
  publicKey.authenticatorSelection = { ...publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" };
  for (const known of publicKey.excludeCredentials ?? []) known.id = bytes(known.id);
  const made = await navigator.credentials.create({ publicKey });
  const response = { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) };
  return { made, response };
}

async function found({ publicKey }) {
  publicKey.challenge = bytes(publicKey.challenge);
  for (const known of publicKey.allowCredentials ?? []) known.id = bytes(known.id);
  const made = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = made.response;
  const response = { clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature), userHandle: userHandle && text(userHandle) };
  return { made, response };
}

async function ask(form) {
  if (!window.PublicKeyCredential) throw new Error("This browser knows no passkeys, or the console is not open over HTTPS.");
  const told = await options(form);
  const { made, response } = form.dataset.passkey === "create" ? await created(told.creation_options) : await found(told.request_options);
  form.elements.credential.value = JSON.stringify({
    id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: made.getClientExtensionResults(),
    authenticatorAttachment: made.authenticatorAttachment ?? undefined,
  });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const trouble = form.querySelector("[data-passkey-trouble]");
  const button = form.querySelector("button[type=submit]");
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    button.disabled = true;
    trouble.hidden = true;
    try {
      await ask(form);
      form.submit();
    } catch (error) {
      trouble.textContent = SAID[error.name] ?? error.message;
      trouble.hidden = false;
      button.disabled = false;
    }
  });
}
