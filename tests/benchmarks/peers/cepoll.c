/* cepoll PORT echo|sink|broadcast: the least that a single-threaded server can do. It keeps
 * nothing and logs nothing. echo waits for a client that does not read; broadcast sends what
 * one client says to all others, and whoever does not read loses it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILES = 1 << 16 };
static char buffer[1 << 18];
static int clients[FILES], place[FILES], count; /* place: of a descriptor among the clients */

static int listen_on(int port) {
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (void *)&address, sizeof address) || listen(fd, 4096)) {
        perror("cepoll");
        exit(1);
    }
    return fd;
}

static void watch(int epoll, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void accept_all(int epoll, int listener) {
    int one = 1, fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(epoll, fd);
        place[fd] = count;
        clients[count++] = fd;
    }
}

static void drop(int fd) {
    int last = clients[--count];
    clients[place[fd]] = last;
    place[last] = place[fd];
    close(fd);
}

static void echo(int fd, ssize_t size) {
    for (ssize_t done = 0; done < size;) {
        ssize_t sent = send(fd, buffer + done, size - done, MSG_NOSIGNAL);
        if (sent > 0) done += sent;
        else if (errno != EAGAIN) return; /* the next read tells why */
    }
}

static void broadcast(int from, ssize_t size) {
    for (int i = 0; i < count; i++)
        if (clients[i] != from) (void)!send(clients[i], buffer, size, MSG_NOSIGNAL);
}

static void serve(int fd, char mode) {
    ssize_t size = recv(fd, buffer, sizeof buffer, 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) drop(fd);
    else if (mode == 'e') echo(fd, size);
    else if (mode == 'b') broadcast(fd, size);
}

int main(int words, char **word) {
    if (words != 3) return 2;
    int listener = listen_on(atoi(word[1])), epoll = epoll_create1(0);
    struct epoll_event events[512];
    watch(epoll, listener);
    for (;;) {
        int ready = epoll_wait(epoll, events, 512, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) accept_all(epoll, listener);
            else serve(fd, word[2][0]);
        }
    }
}
