package dev.darkroom.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Tells addresses of the public internet from others, after IANA's registries of special-purpose addresses. Of IPv6 all is special but the
 * global unicast range and, where IPv6 networks reach IPv4 through it, the translation prefix.
 */
final class AddressRules {
    private static final List<AddressBlock> SPECIAL_V4 = blocks(
            "0.0.0.0/8", // this network
            "10.0.0.0/8", // private
            "100.64.0.0/10", // shared, behind carriers' translation
            "127.0.0.0/8", // loopback
            "168.63.129.16/32", // the host of a virtual machine in Azure
            "169.254.0.0/16", // link-local, clouds' metadata
            "172.16.0.0/12", // private
            "192.0.0.0/24", // protocol assignments
            "192.0.2.0/24", // documentation
            "192.88.99.0/24", // 6to4 relays
            "192.168.0.0/16", // private
            "198.18.0.0/15", // benchmarks
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/4", // multicast
            "240.0.0.0/4"); // reserved, broadcast

    private static final AddressBlock GLOBAL_V6 = block("2000::/3");

    /** Teredo and 6to4 hold an IPv4 address that a relay would forward to; both are out of use. */
    private static final List<AddressBlock> SPECIAL_V6 = blocks(
            "2001::/23", // protocol assignments, Teredo, benchmarks
            "2001:db8::/32", // documentation
            "2002::/16", // 6to4
            "3fff::/20"); // documentation

    private static final AddressBlock TRANSLATED_V4 = block("64:ff9b::/96");

    private AddressRules() {}

    /** Returns true for an address that anybody on the internet can reach. */
    static boolean isPublic(InetAddress address) {
        if (address instanceof Inet4Address) {
            return isOutside(SPECIAL_V4, address);
        }
        if (TRANSLATED_V4.contains(address)) {
            return isOutside(SPECIAL_V4, lastFourBytes(address));
        }
        return GLOBAL_V6.contains(address) && isOutside(SPECIAL_V6, address);
    }

    private static boolean isOutside(List<AddressBlock> blocks, InetAddress address) {
        return blocks.stream().noneMatch(block -> block.contains(address));
    }

    private static InetAddress lastFourBytes(InetAddress address) {
        byte[] bytes = address.getAddress();
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    private static List<AddressBlock> blocks(String... texts) {
        return Arrays.stream(texts).map(AddressRules::block).toList();
    }

    private static AddressBlock block(String text) {
        int slash = text.indexOf('/');
        return new AddressBlock(
                InetAddress.ofLiteral(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    /** A range of addresses: those that begin with the same bits. */
    private record AddressBlock(InetAddress first, int bits) {
        boolean contains(InetAddress address) {
            byte[] ours = first.getAddress();
            byte[] theirs = address.getAddress();
            if (ours.length != theirs.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % 8;
                if (((ours[bit / 8] ^ theirs[bit / 8]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
