package dev.darkroom.net;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Finds the addresses of a host. */
@FunctionalInterface
public interface HostResolver {
    /** Returns all addresses of a host's name, or of an address in any of its spellings; at least one. */
    InetAddress[] resolve(String host) throws UnknownHostException;
}
