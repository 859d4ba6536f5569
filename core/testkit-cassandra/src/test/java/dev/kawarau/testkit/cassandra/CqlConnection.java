package dev.kawarau.testkit.cassandra;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Just enough of the native protocol v4, written down by hand. */
final class CqlConnection implements AutoCloseable {

    private static final int ERROR = 0;
    private static final int STARTUP = 1;
    private static final int AUTHENTICATE = 3;
    private static final int QUERY = 7;
    private static final int AUTH_RESPONSE = 15;
    private static final int AUTH_SUCCESS = 16;
    private static final int CONSISTENCY_ONE = 1;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private int answered;

    private CqlConnection(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(30_000);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
        byte[] version = "\0\1\0\13CQL_VERSION\0\0053.0.0".getBytes(StandardCharsets.US_ASCII);
        exchange(STARTUP, version);
    }

    static CqlConnection open(InetSocketAddress address) throws IOException {
        return new CqlConnection(new Socket(address.getAddress(), address.getPort()));
    }

    /** @param identified whether the client shows the certificate in that file too */
    static CqlConnection openTls(InetSocketAddress address, Path keyStore, String password, boolean identified)
            throws IOException {
        try (InputStream file = Files.newInputStream(keyStore)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(file, password.toCharArray());
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("node", keys.getCertificate("node"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            KeyManagerFactory identity = KeyManagerFactory.getInstance("PKIX");
            identity.init(keys, password.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(identified ? identity.getKeyManagers() : null, trust.getTrustManagers(), null);
            return new CqlConnection(context.getSocketFactory().createSocket(address.getAddress(), address.getPort()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** The body of the answer, one character for each byte. */
    String query(String cql) throws IOException {
        byte[] text = cql.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(body);
        data.writeInt(text.length);
        data.write(text);
        data.writeShort(CONSISTENCY_ONE);
        data.writeByte(0);
        String answer = exchange(QUERY, body.toByteArray());
        if (answered == ERROR) {
            throw new AssertionError(cql + ": " + answer);
        }
        return answer;
    }

    boolean logIn(String user, String password) throws IOException {
        if (answered != AUTHENTICATE) {
            throw new AssertionError("was not asked to log in, but " + answered);
        }
        byte[] token = ('\0' + user + '\0' + password).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(body);
        data.writeInt(token.length);
        data.write(token);
        exchange(AUTH_RESPONSE, body.toByteArray());
        return answered == AUTH_SUCCESS;
    }

    private String exchange(int opcode, byte[] body) throws IOException {
        out.write(new byte[] {4, 0, 0, 0, (byte) opcode});
        out.writeInt(body.length);
        out.write(body);
        out.flush();
        byte[] header = new byte[5];
        in.readFully(header);
        answered = header[4];
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        return new String(answer, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
