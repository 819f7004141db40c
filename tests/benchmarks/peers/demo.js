// node demo.js PORT reply|echo|sink [silent]: the server that one writes in a minute. Sockets
// in a list, console.log of who comes and goes and of every data event, and an answer.
const net = require('net');
const [port, mode, silent] = process.argv.slice(2);
const log = silent ? undefined : console.log; // log?.() does not even make its line
const clients = [];

const server = net.createServer((socket) => {
  const who = `${socket.remoteAddress}:${socket.remotePort}`;
  clients.push(socket);
  log?.(`client connected: ${who} (${clients.length} now)`);
  socket.on('data', (data) => {
    log?.(`data from ${who}: ${data}`);
    if (mode === 'reply') socket.write(`server got ${data.length} bytes\n`);
    else if (mode === 'echo') socket.write(data);
  });
  socket.on('close', () => {
    clients.splice(clients.indexOf(socket), 1);
    log?.(`client closed: ${who}`);
  });
  socket.on('error', (error) => log?.(`error ${who}: ${error.message}`));
});
server.listen(Number(port), '127.0.0.1', () => log?.(`listening on ${port}`));
