#include "core/base/stop.h"

#include "core/base/clock.h"

#include "core/base/banned.h"

static int64_t load(const int64_t *at)
{
    return __atomic_load_n(at, __ATOMIC_SEQ_CST);
}

void stop_init(struct stop *stop)
{
    __atomic_store_n(&stop->soft_at_ms, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&stop->hard_at_ms, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&stop->now, 0, __ATOMIC_SEQ_CST);
}

/* Sets the moment unless it is set; false: it is. */
static bool begin(int64_t *at)
{
    int64_t none = 0;
    return __atomic_compare_exchange_n(at, &none, clock_ticks_ms(), false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

void stop_ask(struct stop *stop)
{
    if (load(&stop->hard_at_ms) != 0 || !begin(&stop->soft_at_ms)) {
        __atomic_store_n(&stop->now, 1, __ATOMIC_SEQ_CST);
    }
}

void stop_cut(struct stop *stop)
{
    (void)begin(&stop->hard_at_ms);
}

enum cancel stop_level_at(const struct stop *stop, int64_t now_ms)
{
    int64_t soft_ms = load(&stop->soft_at_ms);
    int64_t hard_ms = load(&stop->hard_at_ms);
    if (__atomic_load_n(&stop->now, __ATOMIC_SEQ_CST)) {
        return CANCEL_NOW;
    }
    if (soft_ms == 0 && hard_ms == 0) {
        return CANCEL_NO;
    }
    int64_t cut_ms = soft_ms + STOP_SOFT_MS;
    if (soft_ms == 0 || (hard_ms != 0 && hard_ms < cut_ms)) {
        cut_ms = hard_ms;
    }
    return now_ms >= cut_ms + STOP_HARD_MS ? CANCEL_NOW
           : now_ms >= cut_ms              ? CANCEL_HARD
                                           : CANCEL_SOFT;
}

enum cancel stop_level(const struct stop *stop)
{
    return stop_level_at(stop, clock_ticks_ms());
}
