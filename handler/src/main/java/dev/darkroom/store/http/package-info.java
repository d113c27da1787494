/** The folder of results over HTTP: whole pictures, and parts of them. */
@NullMarked
package dev.darkroom.store.http;

import org.jspecify.annotations.NullMarked;
