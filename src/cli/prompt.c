#include "cli/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool prompt_possible(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

#ifdef HAVE_LIBEDIT
#include <editline/readline.h>
#include <langinfo.h>
#include <locale.h>

/* Words are UTF-8, whatever the locale; numbers stay as they are. */
void prompt_start(void)
{
    if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        (void)setlocale(LC_CTYPE, "C.UTF-8");
    rl_readline_name = "nce2vec"; /* in ~/.editrc */
    rl_initialize();
    rl_bind_key('\t', rl_insert); /* no names of files */
}

char *prompt_line(const char *prompt)
{
    char *line = readline(prompt);

    if (line && *line)
        add_history(line);
    else if (!line)
        putchar('\n');
    return line;
}
#else
void prompt_start(void)
{
}

char *prompt_line(const char *prompt)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t count;

    fputs(prompt, stdout);
    (void)fflush(stdout); /* the error stays on the stream */
    count = getline(&line, &room, stdin);
    if (count < 0) {
        putchar('\n');
        free(line);
        return NULL;
    }
    if (count && line[count - 1] == '\n')
        line[count - 1] = '\0';
    return line;
}
#endif
