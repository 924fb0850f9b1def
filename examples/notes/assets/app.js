// Every page works without this script. With it, pages follow what happens elsewhere, times are said in words, and uploads show how far they are.

const SIGNED_IN = document.body.hasAttribute('data-signed-in');

showTimes(document);
setUpSearch();
setUpEditor();
setUpConfirmations();
setUpUploads(document);
if (SIGNED_IN) followChanges();

/** "5 minutes ago", in the language of the page. */
function showTimes(root) {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });
  const day = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium' });
  for (const time of root.querySelectorAll('time[datetime]')) {
    const then = new Date(time.dateTime);
    const minutes = Math.round((then.getTime() - Date.now()) / 60_000);
    time.title = then.toLocaleString();
    if (minutes > -1) time.textContent = 'just now';
    else if (minutes > -60) time.textContent = words.format(minutes, 'minute');
    else if (minutes > -24 * 60) time.textContent = words.format(Math.round(minutes / 60), 'hour');
    else if (minutes > -7 * 24 * 60) time.textContent = words.format(Math.round(minutes / 60 / 24), 'day');
    else time.textContent = day.format(then);
  }
}

/** What another tab or program does to the notes is shown here too. */
function followChanges() {
  const events = new EventSource('/events');
  events.addEventListener('change', ({ data }) => refresh(location.href, JSON.parse(data)));
  events.addEventListener('signed-out', () => location.assign('/'));
  // A connection that has been away has missed what was said meanwhile.
  let isFirst = true;
  events.addEventListener('open', () => {
    if (!isFirst) refresh(location.href);
    isFirst = false;
  });
  // A form brings the next page: what it has changed itself must not send this one elsewhere meanwhile.
  addEventListener('submit', () => events.close());
  addEventListener('pagehide', () => events.close());
}

let refreshing = Promise.resolve();

/** Takes the parts of a page that are marked as live from the server again, one refreshment after the other. */
function refresh(url, change) {
  refreshing = refreshing.then(() => replaceLiveParts(url, change)).catch(console.warn);
  return refreshing;
}

async function replaceLiveParts(url, change) {
  if (document.querySelector('[data-live]') === null) return;
  const response = await fetch(url, { headers: { accept: 'text/html' } });
  if (response.redirected && new URL(response.url).pathname === '/sign-in') return location.reload();
  // The note is gone. What somebody is writing stays with them all the same.
  if (response.status === 404 && document.querySelector('[data-editor]') === null)
    return location.assign('/notes');
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-live]')) {
    const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (other === null || isInUse(part)) continue;
    const focused = part.contains(document.activeElement) && document.activeElement.getAttribute('href');
    showTimes(other);
    setUpUploads(other);
    part.replaceWith(other);
    if (focused) other.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
  }
  if (change?.kind === 'created') announceNew(change.id);
}

/** Nothing is taken away from under somebody's hands: a note with the focus in it, or with an upload that is on its way. */
function isInUse(part) {
  if (part.dataset.live !== 'note') return false;
  return part.contains(document.activeElement) || part.querySelector('[aria-busy="true"]') !== null;
}

function announceNew(id) {
  const item = document.querySelector(`[data-note="${id}"]`);
  item?.firstElementChild.classList.add('is-new');
  const title = item?.querySelector('b')?.textContent;
  if (title) document.querySelector('[data-announcement]').textContent = `New note: ${title}`;
}

/** Searches while one types; Ctrl + K goes to the search. */
function setUpSearch() {
  const form = document.querySelector('[data-search]');
  if (form === null) return;
  const input = form.elements.namedItem('q');
  let timer;
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const url = new URL(location.href);
      if (input.value.trim() === '') url.searchParams.delete('q');
      else url.searchParams.set('q', input.value);
      history.replaceState(null, '', url);
      refresh(url.href);
    }, 150);
  });
  addEventListener('keydown', (event) => {
    if (event.key !== 'k' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}

/** Ctrl + Enter saves, and leaving asks first if something has been written. */
function setUpEditor() {
  const form = document.querySelector('[data-editor]');
  if (form === null) return;
  let isDirty = false;
  form.addEventListener('input', () => {
    isDirty = true;
  });
  form.addEventListener('submit', () => {
    isDirty = false;
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  addEventListener('beforeunload', (event) => {
    if (isDirty) event.preventDefault();
  });
}

/** Escape, or a click elsewhere, closes a question. */
function setUpConfirmations() {
  const close = () => {
    for (const open of document.querySelectorAll('.confirm[open]')) {
      if (open.contains(document.activeElement)) open.querySelector('summary').focus();
      open.open = false;
    }
  };
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
  });
  addEventListener('click', ({ target }) => {
    if (!target.closest('.confirm')) close();
  });
}

/** Uploads begin when files are chosen or dropped. */
function setUpUploads(root) {
  for (const form of root.querySelectorAll('[data-upload]')) {
    const input = form.elements.namedItem('file');
    form.classList.add('is-live');
    input.addEventListener('change', () => upload(form, input.files));
    form.addEventListener('dragover', (event) => {
      event.preventDefault();
      form.classList.add('is-over');
    });
    form.addEventListener('dragleave', () => form.classList.remove('is-over'));
    form.addEventListener('drop', (event) => {
      event.preventDefault();
      form.classList.remove('is-over');
      upload(form, event.dataTransfer.files);
    });
  }
}

/** One request for each file: one that is refused does not take the others with it. */
async function upload(form, files) {
  const problem = form.querySelector('[data-problem]');
  problem.hidden = true;
  const problems = [];
  form.setAttribute('aria-busy', 'true');
  for (const file of files) {
    const refusal = await send(form, file);
    if (refusal !== undefined) problems.push(`${file.name}: ${refusal}`);
  }
  form.removeAttribute('aria-busy');
  form.reset();
  form.elements.namedItem('file').blur();
  await refresh(location.href);
  if (problems.length === 0) return;
  const shown = document.querySelector('[data-problem]');
  shown.textContent = problems.join(' ');
  shown.hidden = false;
}

/** Resolves with why the server did not take the file, or with nothing. `fetch` does not tell how far an upload is. */
function send(form, file) {
  const maxBytes = Number(form.dataset.maxBytes);
  if (file.size > maxBytes)
    return Promise.resolve(`An attachment may have at most ${maxBytes / 1024 ** 2} MiB.`);
  const progress = form.querySelector('progress');
  const body = new FormData();
  body.append('file', file);
  const request = new XMLHttpRequest();
  return new Promise((resolve) => {
    request.open('POST', form.action);
    request.setRequestHeader('accept', 'application/problem+json');
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      progress.hidden = false;
      progress.value = loaded / total;
    });
    request.addEventListener('loadend', () => {
      progress.hidden = true;
      resolve(refusalOf(request));
    });
    request.send(body);
  });
}

function refusalOf({ status, responseText }) {
  if (status === 0) return 'The connection was lost.';
  if (status < 400) return undefined;
  try {
    return JSON.parse(responseText).detail ?? 'It was refused.';
  } catch {
    return 'It was refused.';
  }
}
