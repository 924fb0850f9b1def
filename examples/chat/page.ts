/** The page of the chat. It puts what others wrote into the document as text, never as HTML. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Chat</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem; }
  #log { list-style: none; padding: 0; min-height: 12rem; }
  #log b { margin-right: .5em; }
  .note { opacity: .6; font-style: italic; }
  form { display: flex; gap: .5rem; }
  input { flex: 1; min-width: 0; font: inherit; padding: .4rem .6rem; }
  button { font: inherit; padding: .4rem 1rem; }
</style>
<h1>Chat</h1>
<form id="enter">
  <input name="name" placeholder="Your name" maxlength="40" required autofocus>
  <input name="room" placeholder="Room" pattern="[a-z0-9\\-]+" value="lobby" required>
  <button>Enter</button>
</form>
<ul id="log" aria-live="polite"></ul>
<form id="talk" hidden>
  <input name="text" placeholder="Say something" maxlength="2000" autocomplete="off" required>
  <button>Send</button>
</form>
<script type="module">
  const enter = document.querySelector('#enter');
  const talk = document.querySelector('#talk');
  const log = document.querySelector('#log');

  function show({ from, text }) {
    const line = document.createElement('li');
    if (from === undefined) line.className = 'note';
    else line.append(Object.assign(document.createElement('b'), { textContent: from }));
    line.append(text);
    log.append(line);
  }

  enter.addEventListener('submit', (event) => {
    event.preventDefault();
    const { name, room } = Object.fromEntries(new FormData(enter));
    const url = new URL('/rooms/' + room, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.searchParams.set('name', name);
    const socket = new WebSocket(url);
    socket.onopen = () => { enter.hidden = true; talk.hidden = false; talk.text.focus(); };
    socket.onmessage = ({ data }) => show(JSON.parse(data));
    socket.onclose = ({ reason }) => {
      show({ text: 'The connection is closed' + (reason ? ': ' + reason : '') + '.' });
      enter.hidden = false; talk.hidden = true;
    };
    talk.onsubmit = (event) => {
      event.preventDefault();
      socket.send(talk.text.value);
      talk.reset();
    };
  });
</script>
</html>
`;
