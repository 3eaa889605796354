/*
 * For tests, by LD_PRELOAD: the kernel's word on whether something keeps the clock right.
 * EXPECT_SYNCHRONISED=0 says that nothing does; otherwise the clock is kept right.
 */
#include <stdlib.h>
#include <sys/timex.h>

int adjtimex(struct timex *told)
{
    const char *wanted = getenv("EXPECT_SYNCHRONISED");
    int kept = !wanted || wanted[0] != '0';
    told->status = kept ? STA_PLL : STA_UNSYNC;
    return kept ? TIME_OK : TIME_ERROR;
}
