/* What is started as `licheng`, or as the Python that is called for it (tests/forked.py): it hands over its words, folder,
   environment and open files, and ends with the code that comes back. Any other Python is Python. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

extern char **environ;
static char *asked;
static size_t length;

static void add(const char *text)
{
    size_t more = strlen(text) + 1;
    asked = realloc(asked, length + more);
    if (!asked) _exit(1);
    memcpy(asked + length, text, more);
    length += more;
}

static void ask(char **words, int count)
{
    char text[PATH_MAX];
    snprintf(text, sizeof text, "%d", count);
    add(text);
    while (*words) add(*words++);
    add(getcwd(text, sizeof text) ? text : "/");
    for (char **each = environ; *each; each++) add(*each);
}

/* With the first bytes go the open files. */
static size_t hand_over(int server)
{
    int files[] = {0, 1, 2};
    char room[CMSG_SPACE(sizeof files)] = {0};
    struct iovec bytes = {asked, length};
    struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof files);
    memcpy(CMSG_DATA(head), files, sizeof files);
    ssize_t sent = sendmsg(server, &message, 0);
    if (sent < 0) _exit(1);
    return sent;
}

int main(int count, char **words)
{
    char *name = strrchr(words[0], '/');
    unsigned char code = 1;
    if (strcmp(name ? name + 1 : words[0], "python") == 0) {
        if (count < 3 || strcmp(words[1], "-m") || strcmp(words[2], "licheng")) {
            words[0] = PYTHON;
            execv(PYTHON, words);
            _exit(127);
        }
        words += 2;
        count -= 2;
    }
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = ADDRESS};
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(server, (struct sockaddr *)&address, sizeof address)) _exit(1);
    ask(words, count);
    for (size_t sent = hand_over(server); sent < length;) {
        ssize_t more = write(server, asked + sent, length - sent);
        if (more < 0) _exit(1);
        sent += more;
    }
    shutdown(server, SHUT_WR);
    if (read(server, &code, 1) != 1) code = 1;
    _exit(code);
}
