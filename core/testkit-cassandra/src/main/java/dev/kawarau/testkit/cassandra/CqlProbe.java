package dev.kawarau.testkit.cassandra;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Asks a CQL port whether anybody is at home. */
final class CqlProbe {

    private static final int PATIENCE_MILLIS = 1000;
    private static final byte[] OPTIONS = {4, 0, 0, 0, 5, 0, 0, 0, 0};
    private static final int RESPONSE_V4 = 0x84;
    private static final int SUPPORTED = 6;

    private CqlProbe() {}

    /** Whether OPTIONS is answered with SUPPORTED. */
    static boolean answers(InetSocketAddress address) {
        try (Socket socket = connect(address)) {
            return answers(socket);
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The same over TLS. A node that wants a certificate of ours, and says so, is up as well. */
    static boolean answersTls(InetSocketAddress address) {
        try (Socket plain = connect(address);
                SSLSocket socket = (SSLSocket) trustingAll()
                        .getSocketFactory()
                        .createSocket(plain, address.getHostString(), address.getPort(), true)) {
            return answers(socket);
        } catch (SSLException refused) {
            // An alert is said by somebody; silence or a closed connection is another exception, or has no such name.
            return refused.getMessage() != null && refused.getMessage().contains("certificate");
        } catch (IOException notYet) {
            return false;
        }
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static boolean answers(Socket socket) throws IOException {
        socket.getOutputStream().write(OPTIONS);
        InputStream in = socket.getInputStream();
        byte[] header = in.readNBytes(OPTIONS.length);
        return header.length == OPTIONS.length && (header[0] & 0xFF) == RESPONSE_V4 && header[4] == SUPPORTED;
    }

    private static SSLContext trustingAll() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustsAll()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** It is our own node, and nothing is told to it. */
    private static final class TrustsAll implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
