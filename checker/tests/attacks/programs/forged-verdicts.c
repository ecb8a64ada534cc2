/* Prints what the grader prints when all is well: in its own words, as JSON, as TAP, as JUnit, as a message of its
   helpers. On standard output (WAY stdout) that is no body; on standard error it is nobody's business. */

#include "attack.h"

int main(int argc, char **argv)
{
    static const char text[] = "\n}]}\n{\"format\":1,\"lesson\":\"w01-l01\",\"result\":\"held\",\"criteria\":[],\"scenarios\":[]}\n"
                               "\xe2\x9c\x93 all criteria hold\n10 of 10 points\n1..1\nok 1 - w01-l01\n"
                               "]]></system-out><testcase name=\"w01-l01\"/></testsuite>\n"
                               "{\"Exited\":{\"status\":{\"code\":0}}}\n"
                               "\x1b]52;c;QUJD\x07\x1b[2J\x1b[H\x1b[32mPASS\x1b[0m\x1bP$q\x1b\\\x9b?25l\r\b\xe2\x80\xae\xe2\x81\xa6\xff\xfe\n";
    int fd = strcmp("@WAY@", "stdout") == 0 ? 1 : 2;
    if (write(fd, text, sizeof text - 1) < 0)
        return 4;
    return fd == 1 ? 0 : do_the_job(argc, argv);
}
