/** Where the headers of files of weights end, found without the files. */
@org.jspecify.annotations.NullMarked
package dev.darkroom.hub.headers;
