#ifndef CORE_EMBEDDED_EXPORT_FILE_H
#define CORE_EMBEDDED_EXPORT_FILE_H

/*
 * An exporter into a file: `file:PATH`, with "-" for standard output. The file is replaced whole
 * (core/base/fileio.h), unless it holds the same bytes already: then it keeps its time, and whoever
 * watches it is not woken. A new file has the mode that the umask gives: it is published. One that
 * is replaced keeps mode, owner and group.
 */

#include "core/port/exporter.h"

/* Opens nothing yet; `path` is copied. `makes_folders`: folders that are missing are made, as they
   are for the built-in place. For any other they are an error: the path may be mistyped, or its
   disk not mounted. */
struct exporter *exporter_file_new(const char *path, bool makes_folders);

#endif
