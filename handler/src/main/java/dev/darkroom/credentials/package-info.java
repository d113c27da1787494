/** Content credentials (C2PA): what a picture's file says, signed, of how the picture came about. */
@NullMarked
package dev.darkroom.credentials;

import org.jspecify.annotations.NullMarked;
