#ifndef CORE_EMBEDDED_EXPORT_FILE_H
#define CORE_EMBEDDED_EXPORT_FILE_H

/*
 * An exporter into a file: `file:PATH`, with "-" for standard output. The file is replaced whole
 * (core/base/fileio.h), unless it holds the same bytes already: then it keeps its time, and whoever
 * watches it is not woken. Folders that are missing are made. A new file can be read by its owner
 * only: it is a list of people. Give it another mode once, it stays.
 */

#include "core/port/exporter.h"

/* Opens nothing yet; `path` is copied. */
struct exporter *exporter_file_new(const char *path);

#endif
