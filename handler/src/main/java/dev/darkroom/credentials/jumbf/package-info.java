/** The boxes that content credentials are made of (JUMBF, ISO 19566-5), CBOR in them, and references between them. */
@NullMarked
package dev.darkroom.credentials.jumbf;

import org.jspecify.annotations.NullMarked;
