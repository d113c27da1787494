/** The key that this worker signs with, and its certificates: the operator's, or the worker's own. */
@NullMarked
package dev.darkroom.credentials.key;

import org.jspecify.annotations.NullMarked;
