/** What the worker says of itself while it works: log lines and numbers. */
@NullMarked
package dev.darkroom.logs;

import org.jspecify.annotations.NullMarked;
