// node demo.js reply|echo PORT: the server that one writes in a minute. Sockets in a
// list, console.log of who comes and goes and of every data event, and an answer.
const net = require('net');
const [mode, port] = process.argv.slice(2);
const clients = [];

const server = net.createServer((socket) => {
  const who = `${socket.remoteAddress}:${socket.remotePort}`;
  clients.push(socket);
  console.log(`client connected: ${who} (${clients.length} now)`);
  socket.on('data', (data) => {
    console.log(`data from ${who}: ${data}`);
    socket.write(mode === 'echo' ? data : `server got ${data.length} bytes\n`);
  });
  socket.on('close', () => {
    clients.splice(clients.indexOf(socket), 1);
    console.log(`client closed: ${who}`);
  });
  socket.on('error', (error) => console.log(`error ${who}: ${error.message}`));
});
server.listen(Number(port), '127.0.0.1', () => console.log(`listening on ${port}`));
